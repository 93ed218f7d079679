import { IconArrowBackUp, IconBolt, IconRefresh } from '@tabler/icons-react'
import classes from './Badge.module.css'

const BADGES = {
  cached: { Icon: IconBolt, word: 'cached' },
  recovered: { Icon: IconArrowBackUp, word: 'recovered' },
  retried: { Icon: IconRefresh, word: 'retried' },
}

interface BadgeProps {
  of: keyof typeof BADGES
  /** How often; shown in place of the word. */
  count?: number
  /** What it says in place of these. */
  told?: string
  /** The shape alone. */
  small?: boolean
}

/** What is worth knowing of a node beside its phase. */
export function Badge({ of, count, told, small = false }: BadgeProps) {
  const { Icon, word } = BADGES[of]
  const title = told ?? (count === undefined ? word : `${word}: ${count}`)
  return (
    <span className={classes.root} data-badge={of} title={title}>
      <Icon size={13} stroke={2} aria-hidden />
      <span className={small ? 'unseen' : undefined}>{told ?? count ?? word}</span>
    </span>
  )
}
