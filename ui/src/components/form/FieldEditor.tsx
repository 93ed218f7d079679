import { useId } from 'react'
import { told } from '@/core/form/constraints'
import { bare } from '@/core/form/types'
import { ChoiceField } from './ChoiceField'
import { CodeField } from './CodeField'
import { ContentField } from './ContentField'
import type { EditorProps } from './editor'
import { FlagField } from './FlagField'
import { GroupField } from './GroupField'
import { MomentField } from './MomentField'
import { PairsField } from './PairsField'
import { Problems } from './Problems'
import { RowsField } from './RowsField'
import { ScalarField } from './ScalarField'
import { useConstraints, useProblems } from './surroundings'
import { UnionField } from './UnionField'
import classes from './form.module.css'

/** The field for a value of any type, with what is wrong below it. */
export function FieldEditor(props: Omit<EditorProps, 'told'>) {
  const problems = useProblems(props.path)
  const constraints = useConstraints(props.path)
  const id = useId()
  const isInnermost = !isUnionWithField(props)
  return (
    <div className={classes.field}>
      <Editor {...props} told={problems.length ? id : undefined} />
      {isInnermost && problems.length > 0 && <Problems id={id} of={problems} />}
      {isInnermost && problems.length === 0 && constraints.length > 0 && (
        <p className={classes.constraint}>{constraints.map(told).join(', ')}</p>
      )}
    </div>
  )
}

/** What is wrong with a chosen variant stands below its own field, which is at the same place. */
function isUnionWithField({ kind, draft }: Omit<EditorProps, 'told'>): boolean {
  const union = bare(kind)
  return union.type === 'union' && draft.is === 'variant' && draft.draft.is !== 'none'
}

function Editor(props: EditorProps) {
  const kind = bare(props.kind)
  if (props.draft.is === 'code') return <CodeField {...props} kind={kind} />
  switch (kind.type) {
    case 'primitive':
      if (kind.name === 'bool') return <FlagField {...props} />
      if (kind.name === 'none') return <p className="faint mono">None</p>
      if (kind.name === 'datetime' || kind.name === 'date') {
        return <MomentField {...props} kind={kind} />
      }
      return <ScalarField {...props} kind={kind} />
    case 'enum':
    case 'choice':
      return <ChoiceField {...props} kind={kind} />
    case 'list':
    case 'set':
    case 'tuple':
      return <RowsField {...props} kind={kind} />
    case 'map':
      return <PairsField {...props} kind={kind} />
    case 'record':
      return <GroupField {...props} kind={kind} />
    case 'union':
      return <UnionField {...props} kind={kind} />
    case 'content':
    case 'frame':
      return <ContentField {...props} kind={kind} />
    default:
      return <CodeField {...props} kind={kind} />
  }
}
