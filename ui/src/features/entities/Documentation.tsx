import { Section } from '@/components/page/Page'
import classes from './Overview.module.css'

/** What its docstring says behind its first line, which the heading shows. */
export function Documentation({ of }: { of: string }) {
  const [, ...lines] = of.split('\n')
  const rest = lines.join('\n').trim()
  if (!rest) return null
  return (
    <Section title="Documentation">
      <pre className={classes.text}>{rest}</pre>
    </Section>
  )
}
