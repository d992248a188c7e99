/**
 * What the tests look for in the page, as the script that runs there: each function gives complaints, one
 * line each, or figures.
 */
export const IN_PAGE = String.raw`
globalThis.inPage = (() => {
  const isSeen = (element) => element.getClientRects().length > 0
  const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter(isSeen)
  const nameOf = (element) =>
    (element.closest('figure')?.id ?? element.tagName) + ': "' + element.textContent.trim().slice(0, 40) + '"'

  /** How much of each plot there is: its size, and its shapes that can really be seen. */
  const plots = () =>
    all('figure.plot').map((figure) => {
      const [svg] = all('svg[role=img]', figure)
      if (svg === undefined) return { id: figure.id, width: 0, height: 0, shapes: 0, ticks: 0 }
      const { width, height } = svg.getBoundingClientRect()
      const shapes = all('path, rect, circle, .whisker', svg).filter((shape) => {
        const box = shape.getBoundingClientRect()
        const isDrawn = !shape.matches('.hit, .crosshair, .badge rect, .band')
        return isDrawn && Math.max(box.width, box.height) > 4
      })
      return { id: figure.id, width, height, shapes: shapes.length, ticks: all('.tick', svg).length }
    })

  /** Text that sticks out of its plot. */
  const overflowing = () =>
    all('figure svg[role=img] text').flatMap((text) => {
      const outer = text.closest('svg').getBoundingClientRect()
      const box = text.getBoundingClientRect()
      const isIn = box.left >= outer.left - 1 && box.right <= outer.right + 1 && box.top >= outer.top - 1 && box.bottom <= outer.bottom + 1
      return isIn ? [] : [nameOf(text) + ' is out of its plot']
    })

  /** Labels of axes, of lines and of panels that lie on one another. */
  const colliding = () =>
    all('figure svg[role=img]').flatMap((svg) => {
      const labels = all('.tick, .badge, .panel-title, .axis-title, .panel .coloured', svg)
      const boxes = labels.map((label) => label.getBoundingClientRect())
      const complaints = []
      for (let a = 0; a < boxes.length; a++) {
        for (let b = a + 1; b < boxes.length; b++) {
          const across = Math.min(boxes[a].right, boxes[b].right) - Math.max(boxes[a].left, boxes[b].left)
          const down = Math.min(boxes[a].bottom, boxes[b].bottom) - Math.max(boxes[a].top, boxes[b].top)
          if (across > 1.5 && down > 3) complaints.push(nameOf(labels[a]) + ' lies on ' + nameOf(labels[b]))
        }
      }
      return complaints
    })

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number)
  const luminance = (colour) => {
    const [r, g, b] = channels(colour)
      .slice(0, 3)
      .map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
    return (high + 0.05) / (low + 0.05)
  }
  const groundOf = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor
      if (channels(colour)[3] !== 0) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const ownText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')

  /** Text that stands out from its ground by less than 4.5 to 1. */
  const faint = () =>
    all('body *').filter(ownText).flatMap((element) => {
      if (element.matches('script, style, title, desc')) return []
      const isPlotted = element.namespaceURI.endsWith('svg')
      const isOnShape = isPlotted && element.matches('.on, .badge text')
      const shape = isOnShape ? element.parentElement.querySelector('rect') : null
      const colour = getComputedStyle(element)[isPlotted ? 'fill' : 'color']
      const ground = shape === null ? groundOf(element) : getComputedStyle(shape).fill
      const ratio = contrast(colour, ground)
      return ratio >= 4.5 ? [] : [nameOf(element) + ' has a contrast of ' + ratio.toFixed(2)]
    })

  const overhang = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
  const brightness = () => luminance(groundOf(document.body))
  return { plots, overflowing, colliding, faint, overhang, brightness }
})()
`
