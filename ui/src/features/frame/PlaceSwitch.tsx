import { Menu } from '@mantine/core'
import { IconFolder, IconSelector } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type PlaceOf, projects } from '@/api/projects/queries'
import { Name } from '@/components/name/Name'
import { usePlaceFilter } from '@/components/page/place'
import classes from './PlaceSwitch.module.css'

/** The project and the domain that pages show; all of them unless one is chosen. */
export function PlaceSwitch({ isFolded }: { isFolded: boolean }) {
  const { project = '', domain = '' } = usePlaceFilter()
  const { data = [] } = useQuery(projects)
  const navigate = useNavigate()
  const here = data.filter(each => project === '' || each.id === project)
  const domains = new Set(here.flatMap(each => each.domains))
  const go = (next: PlaceOf) => navigate({ to: '.', search: before => ({ ...before, ...next }) })
  const told = [project || 'All projects', domain || 'all domains'] as const

  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <button
          type="button"
          className={classes.root}
          aria-label={isFolded ? told.join(', ') : undefined}
        >
          <IconFolder size={18} stroke={1.7} aria-hidden />
          {!isFolded && (
            <>
              <span className={classes.words}>
                <span className={classes.project}>
                  <Name of={told[0]} />
                </span>
                <span className={classes.domain}>{told[1]}</span>
              </span>
              <IconSelector size={14} aria-hidden />
            </>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Choice
          title="Project"
          all="All projects"
          names={data.map(each => each.id)}
          chosen={project}
          onChoose={project => go({ project })}
        />
        <Menu.Divider />
        <Choice
          title="Domain"
          all="All domains"
          names={[...domains]}
          chosen={domain}
          onChoose={domain => go({ domain })}
        />
      </Menu.Dropdown>
    </Menu>
  )
}

interface ChoiceProps {
  title: string
  /** What the choice of none is called. */
  all: string
  names: readonly string[]
  chosen: string
  onChoose: (name: string) => void
}

function Choice({ title, all, names, chosen, onChoose }: ChoiceProps) {
  return (
    <>
      <Menu.Label>{title}</Menu.Label>
      <div className={classes.list}>
        <Menu.RadioGroup value={chosen} onChange={onChoose}>
          <Menu.RadioItem value="" closeMenuOnClick>
            {all}
          </Menu.RadioItem>
          {names.map(name => (
            <Menu.RadioItem key={name} value={name} closeMenuOnClick>
              <Name of={name} />
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </div>
    </>
  )
}
