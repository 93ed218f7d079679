import type { Schedule } from '@/api/schema'
import { EntityLink } from '@/components/entity/EntityLink'
import { ExecutionLink } from '@/components/executions/ExecutionLink'
import { Copy } from '@/components/name/Name'
import type { Column } from '@/components/table/column'
import { Time } from '@/components/time/Time'
import { scheduleWords } from '@/core/schedule/words'

export const COLUMNS: readonly Column<Schedule>[] = [
  {
    id: 'plan',
    name: 'Launch plan',
    width: 200,
    grows: true,
    cell: ({ plan }) => <EntityLink of={plan} />,
  },
  {
    id: 'told',
    name: 'When',
    width: 290,
    from: 620,
    cell: ({ told }) => <span title={told}>{scheduleWords(told)}</span>,
  },
  {
    id: 'next',
    name: 'Next',
    width: 110,
    cell: ({ next }) => (next === null ? <span className="faint">never</span> : <Time at={next} />),
  },
  {
    id: 'last',
    name: 'Last',
    width: 110,
    from: 520,
    cell: ({ last }) =>
      last === null ? <span className="faint">not yet</span> : <Time at={last} />,
  },
  {
    id: 'execution',
    name: 'Last execution',
    width: 190,
    from: 760,
    cell: ({ execution }) =>
      execution ? <ExecutionLink id={execution} /> : <span className="faint">–</span>,
  },
  {
    id: 'place',
    name: 'Where',
    width: 190,
    from: 980,
    cell: ({ plan }) => (
      <span className="dim">
        {plan.project} / {plan.domain}
      </span>
    ),
  },
  {
    id: 'version',
    name: 'Active version',
    width: 130,
    from: 980,
    cell: ({ plan }) => <Copy of={plan.version} mono />,
  },
]
