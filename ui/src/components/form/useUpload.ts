import { useEffect, useRef, useState } from 'react'
import type { Content } from '@/core/form/content'
import { useSurroundings } from './surroundings'
import { type Chosen, type Progress, upload } from './upload'

/** An upload of a field: how far it is, why it has failed; it ends with the field. */
export function useUpload(kind: string, format: string, onContent: (content: Content) => void) {
  const { onUpload } = useSurroundings()
  const [progress, setProgress] = useState<Progress | null>(null)
  const [failed, setFailed] = useState('')
  const ending = useRef(new AbortController())

  // What was typed elsewhere meanwhile stays: only the newest handler knows it.
  const latest = useRef(onContent)
  useEffect(() => {
    latest.current = onContent
  })

  useEffect(() => {
    ending.current = new AbortController()
    return () => ending.current.abort()
  }, [])

  const start = async (chosen: readonly Chosen[]) => {
    if (!chosen.length) return
    ending.current.abort()
    const mine = new AbortController()
    ending.current = mine
    const over = onUpload()
    setFailed('')
    try {
      const content = await upload(chosen, {
        kind,
        format,
        signal: mine.signal,
        onProgress: setProgress,
      })
      latest.current(content)
    } catch (error) {
      if (!mine.signal.aborted) setFailed(error instanceof Error ? error.message : String(error))
    } finally {
      over()
      setProgress(null)
    }
  }

  return { progress, failed, start, stop: () => ending.current.abort() }
}
