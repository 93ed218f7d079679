import { ActionIcon } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { ExactEntity } from '@/api/entities/queries'
import { saveBlob } from '@/api/node/content'
import { CopyButton } from '@/components/name/CopyButton'
import classes from './Spec.module.css'

/** Characters that are shown: of ten thousand nodes there are millions, in which nobody reads. */
const MOST = 200_000

/** What was compiled of it, as JSON. */
export function Spec({ of: { spec, summary } }: { of: ExactEntity }) {
  const text = useMemo(() => JSON.stringify(spec, null, 2), [spec])
  const { name, version } = summary.key
  const save = () =>
    saveBlob(new Blob([text], { type: 'application/json' }), `${name}-${version}.json`)
  return (
    // A region that scrolls has to be reached by keyboard too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.root} role="region" aria-label="Spec" tabIndex={0}>
      <div className={classes.copy}>
        <CopyButton text={text} what="the spec" />
        <ActionIcon aria-label="Download the spec" title="Download" onClick={save}>
          <IconDownload size={15} aria-hidden />
        </ActionIcon>
      </div>
      <pre className={classes.text}>{text.slice(0, MOST)}</pre>
      {text.length > MOST && (
        <p className={classes.more}>
          These are the first {MOST.toLocaleString('en')} characters of{' '}
          {text.length.toLocaleString('en')}. The download has all of them.
        </p>
      )}
    </div>
  )
}
