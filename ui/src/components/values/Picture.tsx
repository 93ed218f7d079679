import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { content } from '@/api/node/content'
import { pictureType } from '@/core/values/contents'
import classes from './Picture.module.css'

/** A picture, if its bytes are those of one: what it is called says nothing. */
export function Picture({ digest, name }: { digest: string; name: string }) {
  const { data, isError } = useQuery(content(digest))
  const url = usePicture(data)
  if (isError) return <p className={classes.note}>The picture cannot be had.</p>
  if (url === '') return <p className={classes.note}>It is no picture of a kind that is shown.</p>
  return <div className={classes.root}>{url && <img src={url} alt={name} />}</div>
}

/** An address of a picture in this page; empty: it is none; undefined: nobody knows yet. */
function usePicture(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    if (!blob) return undefined
    let made = ''
    let isOver = false
    void blob.arrayBuffer().then(bytes => {
      const type = pictureType(new Uint8Array(bytes))
      if (isOver) return
      made = type ? URL.createObjectURL(new Blob([bytes], { type })) : ''
      setUrl(made)
    })
    return () => {
      isOver = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [blob])
  return url
}
