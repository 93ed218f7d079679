import { visible } from '@/core/text/visible'

/** What a failure says, on a line; whole on hover. */
export function Told({ text }: { text: string }) {
  const told = visible(text)
  return <span title={told}>{told}</span>
}
