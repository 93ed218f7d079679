import { Button } from '@mantine/core'
import { IconCheck, IconHandStop, IconX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { signal } from '@/api/executions/acts'
import type { Gate } from '@/api/schema'
import { Name } from '@/components/name/Name'
import { Time } from '@/components/time/Time'
import { signalSnippets } from '@/core/copy/snippets'
import type { Json } from '@/core/form/json'
import type { LiteralType } from '@/core/form/types'
import { Answer } from './Answer'
import { Ask } from './Ask'
import { CopyAs } from './CopyAs'
import { Refusal } from './Refusal'
import { useForbidden } from './role'
import classes from './gate.module.css'

interface GateCardProps {
  gate: Gate
  project?: string | undefined
  /** With the execution's name: the card stands outside of its page. */
  named?: boolean
}

/** A gate that waits for somebody: what it asks, and the answer. */
export function GateCard({ gate, project, named = false }: GateCardProps) {
  const forbidden = useForbidden('operator', project)
  const answering = useMutation({
    mutationFn: (value: Json) => signal(gate.execution, gate.path, value),
  })
  const kind = gate.answer as LiteralType
  const isApproval = kind.type === 'primitive' && kind.name === 'bool'
  const [head, ...shown] = gate.question.split('\n')
  return (
    <article className={classes.root} aria-label={head}>
      <header className={classes.head}>
        <IconHandStop size={16} aria-hidden />
        <span className={classes.name}>
          <Name of={gate.name} />
        </span>
        {named && (
          <Link
            className={classes.execution}
            to="/executions/$id"
            params={{ id: gate.execution }}
            search={{ node: gate.path }}
          >
            <Name of={gate.execution} mono />
          </Link>
        )}
        {gate.until !== null && (
          <span className={classes.until}>
            gives up <Time at={gate.until} />
          </span>
        )}
      </header>
      <p className={classes.question}>{asked(gate.name, head ?? '', isApproval)}</p>
      {shown.length > 0 && <pre className={classes.value}>{shown.join('\n').trim()}</pre>}
      {forbidden ? (
        <p className="faint">{forbidden}</p>
      ) : isApproval ? (
        <Approval gate={gate} isBusy={answering.isPending} onAnswer={answering.mutate} />
      ) : (
        <Answer
          kind={kind}
          name={gate.name}
          isBusy={answering.isPending}
          error={answering.error}
          onAnswer={answering.mutate}
          copied={(site, value) => signalSnippets(site, gate.execution, gate.key, value)}
        />
      )}
      {isApproval && <Refusal error={answering.error} />}
    </article>
  )
}

interface ApprovalProps {
  gate: Gate
  isBusy: boolean
  onAnswer: (approved: boolean) => void
}

/** Approving goes on; refusing is asked for once more. */
function Approval({ gate, isBusy, onAnswer }: ApprovalProps) {
  const [isRefusing, setRefusing] = useState(false)
  return (
    <div className={classes.acts}>
      <Button
        variant="filled"
        loading={isBusy}
        leftSection={<IconCheck size={15} aria-hidden />}
        onClick={() => onAnswer(true)}
      >
        Approve
      </Button>
      <Button
        disabled={isBusy}
        leftSection={<IconX size={15} aria-hidden />}
        onClick={() => setRefusing(true)}
      >
        Refuse
      </Button>
      <span className={classes.copy}>
        <CopyAs of={site => signalSnippets(site, gate.execution, gate.key, true)} />
      </span>
      <Ask
        opened={isRefusing}
        title={`Refuse ${gate.name}?`}
        verb="Refuse"
        isDangerous
        act={() => Promise.resolve(onAnswer(false))}
        onClose={() => setRefusing(false)}
      >
        <p>
          The gate is answered with no, which cannot be taken back. What the workflow then does is
          up to it: what needs an approval fails.
        </p>
      </Ask>
    </div>
  )
}

/** What is asked, without the name, which stands above it. */
function asked(name: string, question: string, isApproval: boolean): string {
  const start = `gate ${name} waits for `
  if (!question.startsWith(start)) return question
  const what = question.slice(start.length)
  return isApproval ? `It waits for ${what}` : `It waits for a value of type ${what}`
}
