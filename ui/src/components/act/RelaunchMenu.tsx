import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconPencil, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { relaunch } from '@/api/executions/acts'
import { execution } from '@/api/executions/queries'
import type { Execution } from '@/api/schema'
import { useOffer } from '@/components/page/commands'
import { each, those } from './each'
import { useForbidden } from './role'
import { counted } from '@/core/text/shorten'

interface RelaunchProps {
  /** Of the executions. */
  ids: readonly string[]
  project?: string | undefined
  /** What is known of them already. */
  known?: readonly Execution[]
  /** They have begun again, and the page is still this one. */
  onDone?: () => void
}

/** Runs executions again: as they were, or one of them with other inputs. */
export function RelaunchMenu({ ids, project, known = [], onDone }: RelaunchProps) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const forbidden = useForbidden('operator', project)
  const again = useMutation({
    mutationFn: () => each(ids, id => relaunch(id)),
    onSuccess: started => {
      const [first] = started
      if (first && started.length === 1) {
        navigate({ to: '/executions/$id', params: { id: first.id } })
        return
      }
      notifications.show({ message: `${counted(started.length, 'execution')} started` })
      onDone?.()
    },
    onError: error => notifications.show({ color: 'red', message: error.message }),
  })
  const only = ids.length === 1 ? ids[0] : undefined
  const change = (id: string) => {
    for (const each of known) client.setQueryData(execution(each.id).queryKey, each)
    navigate({ to: '/launch', search: { from: id } })
  }
  const isOffered = ids.length > 0 && forbidden === undefined
  useOffer([
    ...(isOffered ? [{ name: `Relaunch ${those(ids)}`, run: () => again.mutate() }] : []),
    ...(isOffered && only !== undefined
      ? [{ name: `Relaunch ${only} with changes`, run: () => change(only) }]
      : []),
  ])
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          loading={again.isPending}
          disabled={ids.length === 0 || forbidden !== undefined}
          title={forbidden}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Relaunch
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          disabled={again.isPending}
          onClick={() => again.mutate()}
        >
          {only === undefined ? `All ${ids.length} as they were` : 'As it was'}
        </Menu.Item>
        {only !== undefined && (
          <Menu.Item
            leftSection={<IconPencil size={15} aria-hidden />}
            onClick={() => change(only)}
          >
            With changes…
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
