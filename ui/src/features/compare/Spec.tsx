import { Link } from '@tanstack/react-router'
import { NOUNS } from '@/api/entities/queries'
import type { EntityKey } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { counted } from '@/core/text/shorten'
import classes from './compare.module.css'

interface SpecProps {
  lines: readonly string[]
  left: EntityKey
  right: EntityKey
}

/** In what the specs differ. */
export function Spec({ lines, left, right }: SpecProps) {
  const areVersions =
    left.kind === right.kind &&
    left.project === right.project &&
    left.domain === right.domain &&
    left.name === right.name &&
    left.version !== right.version
  return (
    <Section
      title="Version and spec"
      beside={
        <>
          {lines.length > 0 && counted(lines.length, 'difference')}
          {areVersions && (
            <Link
              className={classes.link}
              to="/$noun/$project/$domain/$name/diff"
              params={{
                noun: NOUNS[left.kind],
                project: left.project,
                domain: left.domain,
                name: left.name,
              }}
              search={{ left: left.version, right: right.version }}
            >
              Both versions, place by place
            </Link>
          )}
        </>
      }
    >
      {lines.length === 0 ? (
        <Empty small title={areVersions ? 'The spec is the same' : 'The same version'} />
      ) : (
        <ul className={classes.lines}>
          {lines.map((line, at) => (
            <li key={at}>{line}</li>
          ))}
        </ul>
      )}
    </Section>
  )
}
