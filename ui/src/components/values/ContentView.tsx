import { Anchor } from '@mantine/core'
import { IconDownload, IconFile, IconFolder, IconTable } from '@tabler/icons-react'
import { contentUrl, save } from '@/api/node/content'
import { Copy } from '@/components/name/Name'
import { size } from '@/core/text/shorten'
import { frameHead, LARGEST_PICTURE, mayBePicture, textHead } from '@/core/values/contents'
import { type Content, isObject } from '@/core/values/preview'
import { contentInWords } from '@/core/values/words'
import { FrameTable } from './FrameTable'
import { Picture } from './Picture'
import classes from './ContentView.module.css'

/** Content: what it is, how it begins, and the bytes to take away. */
export function ContentView({ content }: { content: Content }) {
  const frame = frameHead(content.preview)
  const text = textHead(content.preview)
  const isPicture =
    content.digest !== '' &&
    content.size !== undefined &&
    content.size <= LARGEST_PICTURE &&
    mayBePicture(content.format, content.preview)
  const Icon = frame ? IconTable : content.kind === 'directory' ? IconFolder : IconFile
  const facts = [
    content.kind !== 'file' && content.kind !== 'frame' ? content.kind : '',
    content.format,
    content.size === undefined ? '' : size(content.size),
  ].filter(Boolean)
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        <Icon size={15} aria-hidden />
        <span className={classes.name}>{contentInWords(content)}</span>
        <span className={classes.facts}>{facts.join(' · ')}</span>
        {content.digest && !content.uri && content.kind !== 'directory' && (
          <Anchor
            component="button"
            type="button"
            size="xs"
            className={classes.save}
            onClick={() =>
              void save(
                contentUrl(content.digest),
                content.name || `content.${content.format || 'bin'}`,
              )
            }
          >
            <IconDownload size={13} aria-hidden /> Download
          </Anchor>
        )}
      </div>
      {content.uri && (
        <div className={classes.uri}>
          <Copy of={content.uri} mono kept={24} />
        </div>
      )}
      {frame && <FrameTable frame={frame} />}
      {text && (
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls can be reached
        <pre className={classes.text} tabIndex={0}>
          {text.text}
          {!text.whole && <span className="faint">{'\n'}…</span>}
        </pre>
      )}
      {isPicture && <Picture digest={content.digest} name={content.name || content.kind} />}
      {!frame && !text && !isPicture && <Facts of={content.preview} />}
    </div>
  )
}

/** What else a codec says of content: names with short values. */
function Facts({ of }: { of: unknown }) {
  if (!isObject(of)) return null
  const told = Object.entries(of).filter(([name]) => name !== 'media')
  if (told.length === 0) return null
  return (
    <dl className={classes.list}>
      {told.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  )
}
