interface Greeting {
  readonly hello: string
}

export const handler = async (event: { name: string }): Promise<Greeting> => ({ hello: event.name })
