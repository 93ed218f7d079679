import { memo, type CSSProperties } from 'react'
import { background, foreground, onGround } from '@/core/ansi/colour'
import { parse } from '@/core/ansi/parse'
import type { Style } from '@/core/ansi/sgr'
import { marked } from '@/core/logs/marks'
import classes from './AnsiText.module.css'

interface AnsiTextProps {
  text: string
  /** What is searched for: it is marked. */
  search?: string
}

/** Text with the colours of a terminal. */
export const AnsiText = memo(function AnsiText({ text, search = '' }: AnsiTextProps) {
  return marked(parse(text), search).map((mark, index) => {
    const style = css(mark.style)
    const inner = style ? (
      <span className={classes.span} style={style}>
        {mark.text}
      </span>
    ) : (
      mark.text
    )
    return mark.found ? (
      <mark key={index} className={classes.found}>
        {inner}
      </mark>
    ) : (
      <span key={index}>{inner}</span>
    )
  })
})

function css(style: Style): CSSProperties | undefined {
  if (Object.keys(style).length === 0) return undefined
  const { bold, dim, italic, underline, strike, inverse } = style
  const ground = inverse ? (style.fg ?? 7) : style.bg
  const lines = [underline && 'underline', strike && 'line-through'].filter(Boolean).join(' ')
  return {
    ...(ground === undefined
      ? style.fg !== undefined && !inverse && { color: foreground(style.fg) }
      : { background: background(ground), color: onGround(ground) }),
    ...(bold && { fontWeight: 700 }),
    ...(dim && { opacity: 0.75 }),
    ...(italic && { fontStyle: 'italic' }),
    ...(lines && { textDecoration: lines }),
  }
}
