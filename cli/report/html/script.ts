/**
 * What the page does in a browser: text beside the pointer, the choice of the theme, the download.
 * Without it everything can still be read.
 */
export const PAGE_SCRIPT = `
'use strict'
{
  const tip = document.getElementById('tip')
  let crosshair
  const hide = () => {
    tip.hidden = true
    crosshair?.setAttribute('visibility', 'hidden')
  }
  const cross = (target) => {
    const svg = target.closest('svg')
    crosshair = svg?.querySelector('.crosshair')
    const { x1, y1, x2, y2 } = target.dataset
    if (!crosshair || x1 === undefined) return
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) crosshair.setAttribute(name, value)
    crosshair.setAttribute('visibility', 'visible')
  }
  let pointer
  const show = () => {
    hide()
    const target = document.elementFromPoint(pointer.clientX, pointer.clientY)?.closest('[data-tip]')
    if (!target) return
    tip.textContent = target.dataset.tip
    tip.hidden = false
    cross(target)
    const { width, height } = tip.getBoundingClientRect()
    const room = document.documentElement.clientWidth - width - 8
    const isBelow = pointer.clientY < height + 24
    tip.style.left = Math.max(8, Math.min(room, pointer.clientX + 14)) + 'px'
    tip.style.top = pointer.clientY + (isBelow ? 20 : -height - 12) + 'px'
  }
  const follow = (event) => {
    pointer = event
    show()
  }
  document.addEventListener('pointermove', follow)
  document.addEventListener('pointerdown', follow)
  // A mouse stays where it is while the page moves beneath it; a finger has moved the page.
  const moved = () => (pointer?.pointerType === 'mouse' ? show() : hide())
  document.addEventListener('scroll', moved, { passive: true })
  document.documentElement.addEventListener('pointerleave', hide)
  document.addEventListener('keydown', (event) => event.key === 'Escape' && hide())

  const themes = ['system', 'light', 'dark']
  const button = document.getElementById('theme')
  let chosen = 0
  button.hidden = false
  button.addEventListener('click', () => {
    chosen = (chosen + 1) % themes.length
    button.textContent = 'Theme: ' + themes[chosen]
    if (chosen === 0) delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = themes[chosen]
  })

  const result = document.getElementById('result')
  const download = document.getElementById('download')
  if (result && download) {
    download.hidden = false
    download.addEventListener('click', () => {
      const text = JSON.stringify(JSON.parse(result.textContent), null, 2)
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
      link.download = document.title.replace(/[^a-z0-9]+/gi, '-').toLowerCase() + '.json'
      link.click()
      URL.revokeObjectURL(link.href)
    })
  }
}
`
