import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeToken, tokens } from '@/api/access/queries'
import type { Token } from '@/api/schema'
import { ActButton } from '@/components/act/ActButton'
import { Ask } from '@/components/act/Ask'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { Loaded } from '@/components/states/Loaded'
import { useNow } from '@/components/time/now'
import { Time } from '@/components/time/Time'
import { NewToken } from './NewToken'
import classes from './settings.module.css'

/** Every token that was ever made; their secrets are known to nobody here. */
export function Tokens() {
  const found = useQuery(tokens)
  const [isMaking, setMaking] = useState(false)
  const make = (
    <ActButton
      needs="admin"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => setMaking(true)}
    >
      New token
    </ActButton>
  )
  return (
    <>
      <p className={classes.intro}>
        A token says who asks. A viewer reads, an operator also registers, starts and answers, an
        admin also makes projects and tokens.
      </p>
      <Section title="Tokens" beside={make}>
        <Loaded of={found} small>
          {all =>
            all.length ? (
              <div className={classes.scroll}>
                <table className={classes.table}>
                  <thead>
                    <tr>
                      <th>Name</th>
                      <th>Role</th>
                      <th>Projects</th>
                      <th>Made</th>
                      <th>Used</th>
                      <th>State</th>
                      <th aria-label="What can be done" />
                    </tr>
                  </thead>
                  <tbody>
                    {all.map(each => (
                      <Row key={`${each.name} ${each.created}`} token={each} />
                    ))}
                  </tbody>
                </table>
              </div>
            ) : (
              <Empty small title="There are no tokens">
                Without any the server asks nobody who they are. Make one for each person and
                program.
              </Empty>
            )
          }
        </Loaded>
        <NewToken opened={isMaking} onClose={() => setMaking(false)} />
      </Section>
    </>
  )
}

function Row({ token }: { token: Token }) {
  const now = useNow()
  const isOver = token.revoked !== null || (token.expires !== null && token.expires <= now)
  return (
    <tr data-faded={isOver || undefined}>
      <td className={classes.strong}>{token.name}</td>
      <td>{token.role}</td>
      <td>{token.projects?.join(', ') ?? 'all'}</td>
      <td>
        <Time at={token.created} />
      </td>
      <td>{token.used === null ? 'never' : <Time at={token.used} />}</td>
      <td>
        <State token={token} now={now} />
      </td>
      <td className={classes.end}>{!isOver && <Revoke name={token.name} />}</td>
    </tr>
  )
}

function State({ token, now }: { token: Token; now: number }) {
  if (token.revoked !== null) {
    return (
      <>
        revoked <Time at={token.revoked} />
      </>
    )
  }
  if (token.expires === null) return 'never expires'
  return (
    <>
      {token.expires <= now ? 'expired' : 'expires'} <Time at={token.expires} />
    </>
  )
}

function Revoke({ name }: { name: string }) {
  const [isAsked, setAsked] = useState(false)
  return (
    <>
      <Button variant="subtle" color="gray" onClick={() => setAsked(true)}>
        Revoke
      </Button>
      <Ask
        opened={isAsked}
        title={`Revoke ${name}?`}
        verb="Revoke"
        isDangerous
        act={() => revokeToken(name)}
        onClose={() => setAsked(false)}
      >
        <p>Whoever has it is refused from now on. It cannot be taken back.</p>
      </Ask>
    </>
  )
}
