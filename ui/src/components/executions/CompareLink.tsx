import { ActionIcon } from '@mantine/core'
import { IconArrowsDiff } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useOffer } from '@/components/page/commands'

const TOLD = 'Compare with another execution'

/** Leads to the choice of another execution, to put this one beside. */
export function CompareLink({ id }: { id: string }) {
  const navigate = useNavigate()
  useOffer([{ name: TOLD, run: () => navigate({ to: '/compare', search: { right: id } }) }])
  return (
    <ActionIcon
      size={30}
      variant="default"
      aria-label={TOLD}
      title={TOLD}
      renderRoot={props => <Link {...props} to="/compare" search={{ right: id }} />}
    >
      <IconArrowsDiff size={16} aria-hidden />
    </ActionIcon>
  )
}
