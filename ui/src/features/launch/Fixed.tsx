import { Section } from '@/components/page/Page'
import { type JsonObject, writeJson } from '@/core/form/json'
import classes from './launch.module.css'

/** The inputs that a launch plan fixes: nobody can change them. */
export function Fixed({ inputs }: { inputs: JsonObject }) {
  const entries = Object.entries(inputs)
  if (!entries.length) return null
  return (
    <Section title="Fixed by the launch plan">
      <dl className={classes.fixed}>
        {entries.map(([name, tree]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{writeJson(tree)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}
