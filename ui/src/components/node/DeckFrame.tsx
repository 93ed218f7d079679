import { useRef } from 'react'
import { deckDocument } from '@/core/decks/document'
import classes from './deck.module.css'

interface DeckFrameProps {
  title: string
  html: string
}

/** HTML of a task, in a frame that runs nothing, loads nothing and knows nothing of the page. */
export function DeckFrame({ title, html }: DeckFrameProps) {
  return <iframe className={classes.frame} title={title} sandbox="" srcDoc={deckDocument(html)} />
}

/** The same with its own scripts, which are in an origin of their own and cannot ask anybody.
 *
 * The policy of this page would hold in a document that it makes itself; `deck.html` has one of its
 * own, and shows what it is sent.
 */
export function ScriptedDeckFrame({ title, html }: DeckFrameProps) {
  const isSent = useRef(false)
  return (
    <iframe
      className={classes.frame}
      title={title}
      sandbox="allow-scripts"
      src="/deck.html"
      onLoad={({ currentTarget }) => {
        if (isSent.current) return // it loads once more with what it was sent
        isSent.current = true
        currentTarget.contentWindow?.postMessage(html, '*') // nobody can name its origin
      }}
    />
  )
}
