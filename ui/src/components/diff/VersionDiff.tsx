import { IconEqual } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { entityDiff } from '@/api/entities/queries'
import type { EntityDiff, EntityKey, FileEdit, SpecChange } from '@/api/schema'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { numbered } from '@/core/diff/lines'
import { counted, shorten } from '@/core/text/shorten'
import { visible } from '@/core/text/visible'
import classes from './VersionDiff.module.css'

interface VersionDiffProps {
  of: EntityKey
  left: string
  right: string
}

/** What is different between two versions of an entity: in sentences, in the code, in the spec. */
export function VersionDiff({ of, left, right }: VersionDiffProps) {
  const query = useQuery(entityDiff(of, left, right))
  return <Loaded of={query}>{diff => <Told of={diff} />}</Loaded>
}

function Told({ of: { lines, changes, files, edits, complete } }: { of: EntityDiff }) {
  if (lines.length + changes.length + files.length === 0) {
    return (
      <Empty small title="Nothing is different" icon={<IconEqual />}>
        Both versions have the same spec and the same code.
      </Empty>
    )
  }
  return (
    <div className={classes.root}>
      <Lines title="In short" of={lines} />
      {edits.map(each => (
        <Edit key={each.path} of={each} />
      ))}
      <Lines title="More files of the code" of={files.slice(edits.length)} />
      {changes.length > 0 && (
        <Section
          title="In the spec"
          beside={complete ? counted(changes.length, 'place') : 'the first of them'}
        >
          <table className={classes.table}>
            <colgroup>
              <col className={classes.place} />
              <col />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th scope="col">Where</th>
                <th scope="col">Was</th>
                <th scope="col">Is</th>
              </tr>
            </thead>
            <tbody>
              {changes.map(each => (
                <Place key={each.path} of={each} />
              ))}
            </tbody>
          </table>
        </Section>
      )}
    </div>
  )
}

function Lines({ title, of }: { title: string; of: readonly string[] }) {
  if (of.length === 0) return null
  return (
    <Section title={title}>
      <ul className={classes.lines}>
        {of.map((line, at) => (
          <li key={at}>{line}</li>
        ))}
      </ul>
    </Section>
  )
}

const FATES = { added: 'new', removed: 'gone', changed: 'changed' } as const

/** A file of the code, line by line. */
function Edit({ of: { path, change, lines, complete } }: { of: FileEdit }) {
  return (
    <Section title={<span className="mono">{visible(path)}</span>} beside={FATES[change]}>
      {lines.length > 0 ? (
        <div className={classes.code}>
          <table aria-label={`What is different in ${visible(path)}`}>
            <tbody>
              {numbered(lines).map(({ kind, was, is, text }, at) => (
                <tr key={at} data-kind={kind}>
                  <td className={classes.number}>{was}</td>
                  <td className={classes.number}>{is}</td>
                  <td className={classes.sign}>{SIGNS[kind]}</td>
                  <td>{visible(text)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {!complete && <p className={classes.more}>There is more.</p>}
        </div>
      ) : (
        <p className={classes.more}>It is no text, or too long to be shown line by line.</p>
      )}
    </Section>
  )
}

const SIGNS = { gone: '−', come: '+', same: '', gap: '⋯' } as const

function Place({ of: { path, change, left, right } }: { of: SpecChange }) {
  return (
    <tr>
      <th scope="row">{path}</th>
      <td className={classes.gone}>{change === 'added' ? <Absent /> : written(left)}</td>
      <td className={classes.come}>{change === 'removed' ? <Absent /> : written(right)}</td>
    </tr>
  )
}

function Absent() {
  return <span className={classes.absent}>is not there</span>
}

const MOST = 240

function written(value: unknown): string {
  return shorten(typeof value === 'string' ? value : JSON.stringify(value), MOST)
}
