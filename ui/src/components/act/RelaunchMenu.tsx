import { Button, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconPencil, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef } from 'react'
import { relaunch } from '@/api/executions/acts'
import { execution } from '@/api/executions/queries'
import type { Execution } from '@/api/schema'
import { useOffer } from '@/components/page/commands'
import { newName } from '@/core/form/names'
import { counted } from '@/core/text/shorten'
import { each, those } from './each'
import { useForbidden } from './role'

interface RelaunchProps {
  of: readonly Execution[]
  project?: string | undefined
  /** They have begun again, and the page is still this one. */
  onDone?: () => void
}

/** Runs executions again: as they were, or one of them with other inputs. */
export function RelaunchMenu({ of, project, onDone }: RelaunchProps) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const forbidden = useForbidden('operator', project)
  // The name makes that pressing once more, when no answer came or one of many was refused, starts
  // each of them once.
  const names = useRef(new Map<string, string>())
  const begin = ({ id, entity }: Execution) => {
    const name = names.current.get(id) ?? newName()
    names.current.set(id, name)
    return relaunch(id, { entity, inputs: {}, options: { name } })
  }
  const again = useMutation({
    mutationFn: () => each(of, begin),
    onSuccess: started => {
      names.current.clear()
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
  const only = of.length === 1 ? of[0] : undefined
  const change = (earlier: Execution) => {
    client.setQueryData(execution(earlier.id).queryKey, earlier)
    navigate({ to: '/launch', search: { from: earlier.id } })
  }
  const isOffered = of.length > 0 && forbidden === undefined
  const told = those(of.map(each => each.id))
  useOffer([
    ...(isOffered ? [{ name: `Relaunch ${told}`, run: () => again.mutate() }] : []),
    ...(isOffered && only
      ? [{ name: `Relaunch ${only.id} with changes`, run: () => change(only) }]
      : []),
  ])
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          loading={again.isPending}
          disabled={of.length === 0 || forbidden !== undefined}
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
          {only ? 'As it was' : `All ${of.length} as they were`}
        </Menu.Item>
        {only && (
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
