import { openRealHost } from './sandbox/real-host.ts'
import { describeSandboxContract } from './sandbox.contract.ts'

describeSandboxContract({ isolation: 'process', open: () => openRealHost('process') })
