import pc from 'picocolors'

/** No colours. */
export const plain = pc.createColors(false)
