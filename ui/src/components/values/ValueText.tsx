import { size } from '@/core/text/shorten'
import type { Shape } from '@/core/values/preview'
import { Clamped } from '@/components/errors/Clamped'
import classes from './ValueText.module.css'

/** A value without parts: a number, a text, bytes. */
export function ValueText({ shape }: { shape: Shape }) {
  switch (shape.shape) {
    case 'scalar':
      if (typeof shape.value === 'string') {
        return (
          <span className={classes.text} data-empty={shape.value === '' || undefined}>
            <Clamped text={shape.value || '(empty text)'} lines={4} />
          </span>
        )
      }
      return <span className={classes.word}>{word(shape.value)}</span>
    case 'text':
      return (
        <span className={classes.text}>
          <Clamped text={shape.head} lines={4} />
          <span className={classes.note}>
            … {shape.length.toLocaleString('en')} characters in all
          </span>
        </span>
      )
    case 'bytes':
      return (
        <span className={classes.bytes}>
          {(shape.head.match(/../g) ?? []).join(' ')}
          {shape.head.length < shape.length * 2 && ' …'}
          <span className={classes.note}> {size(shape.length)}</span>
        </span>
      )
    default:
      return <span className={classes.note}>It cannot be shown</span>
  }
}

function word(value: null | boolean | number): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}
