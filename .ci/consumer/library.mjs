import { createEmulator } from 'sandlot'

const emulator = await createEmulator()
try {
  await emulator.deploy({
    name: 'hello',
    handler: 'javascript.handler',
    rootDir: import.meta.dirname,
  })
  const result = await emulator.invoke({ functionName: 'hello', payload: '{"name":"x"}' })
  console.log(result.coldStart, Buffer.from(result.payload).toString())
} finally {
  await emulator.close()
}
