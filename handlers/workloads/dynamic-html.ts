import type { HttpResponse } from '../lambda.ts'
import { type Html, html } from './html.ts'

interface Event {
  /** Who looks at the page. */
  readonly customer?: string
  readonly orders?: readonly Order[]
  /** Orders to make up, where none are given. Default 100. */
  readonly count?: number
}

interface Order {
  readonly id: string
  readonly article: string
  readonly quantity: number
  readonly priceCents: number
}

/** Renders a page with a list. `{ "customer": "Ada", "count": 100 }` → an HTML document */
export async function handler(event: Event): Promise<HttpResponse> {
  const { customer = 'Guest', count = 100 } = event
  const orders = event.orders ?? Array.from({ length: count }, (_, index) => madeUp(index))
  return {
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html>\n${page(customer, orders).text}`,
  }
}

const page = (customer: string, orders: readonly Order[]): Html => html`<html lang="en">
<head>
<meta charset="utf-8">
<title>Orders of ${customer}</title>
</head>
<body>
<h1>Orders of ${customer}</h1>
<table>
<thead><tr><th>Order</th><th>Article</th><th>Quantity</th><th>Sum</th></tr></thead>
<tbody>
${orders.map(row)}</tbody>
<tfoot><tr><td colspan="3">${orders.length} orders</td><td>${euros(sumOf(orders))}</td></tr></tfoot>
</table>
</body>
</html>
`

const row = ({ id, article, quantity, priceCents }: Order): Html =>
  html`<tr id="order-${id}"><td>${id}</td><td>${article}</td><td>${quantity}</td><td>${euros(quantity * priceCents)}</td></tr>
`

const sumOf = (orders: readonly Order[]): number =>
  orders.reduce((sum, { quantity, priceCents }) => sum + quantity * priceCents, 0)

const euros = (cents: number): string => `€ ${(cents / 100).toFixed(2)}`

const ARTICLES = ['Nuts & bolts', 'Washer <M8>', 'Thread "fine"', "Carpenter's glue", 'Sandpaper']

const madeUp = (index: number): Order => ({
  id: String(10_000 + index),
  article: ARTICLES[index % ARTICLES.length] ?? '',
  quantity: 1 + (index % 7),
  priceCents: 99 + ((index * 137) % 5_000),
})
