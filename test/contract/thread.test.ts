import { openRealHost } from './sandbox/real-host.ts'
import { describeSandboxContract } from './sandbox.contract.ts'

const ONE_PROCESS = 'a thread has no process of its own'

describeSandboxContract({
  isolation: 'thread',
  open: () => openRealHost('thread'),
  cannot: {
    'tells the signal of a runtime that kills itself': `${ONE_PROCESS}: the signal would hit the controller`,
    'leaves no process when it is stopped': ONE_PROCESS,
    'is dead when its runtime is killed while frozen': `${ONE_PROCESS}: nobody else can end it while it is parked`,
    'freezes the processes that a handler has left behind':
      'only the thread is parked, which stops no process',
    'freezes the processes that have left its group':
      'only the thread is parked, which stops no process',
    'gives a handler none of the descriptors that the controller has opened': `${ONE_PROCESS}: it has all of the controller's descriptors`,
  },
})
