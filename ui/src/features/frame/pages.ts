import {
  IconArrowsDiff,
  IconBinaryTree2,
  IconCalendarTime,
  IconGitFork,
  IconHome,
  IconLayoutGrid,
  IconList,
  IconPackages,
  IconPlayerPlay,
  IconPuzzle,
  IconSettings,
} from '@tabler/icons-react'

/** The pages that the rail leads to. */
export const PAGES = [
  { to: '/', name: 'Home', Icon: IconHome, key: 'h' },
  { to: '/executions', name: 'Executions', Icon: IconList, key: 'e' },
  { to: '/launch-plans', name: 'Launch plans', Icon: IconPlayerPlay, key: 'l' },
  { to: '/workflows', name: 'Workflows', Icon: IconBinaryTree2, key: 'w' },
  { to: '/tasks', name: 'Tasks', Icon: IconPuzzle, key: 't' },
  { to: '/schedules', name: 'Schedules', Icon: IconCalendarTime, key: 's' },
  { to: '/artifacts', name: 'Artifacts', Icon: IconPackages, key: 'a' },
  { to: '/fleet', name: 'Fleet', Icon: IconLayoutGrid, key: 'f' },
  { to: '/settings', name: 'Settings', Icon: IconSettings, key: ',' },
] as const

/** Those that other pages lead to. */
export const MORE_PAGES = [
  { to: '/lineage', name: 'Lineage of a value or a file', Icon: IconGitFork },
  { to: '/compare', name: 'Compare two executions', Icon: IconArrowsDiff },
] as const
