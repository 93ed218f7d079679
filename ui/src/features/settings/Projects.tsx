import { TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { createProject } from '@/api/access/queries'
import { projects } from '@/api/projects/queries'
import { ActButton } from '@/components/act/ActButton'
import { Ask } from '@/components/act/Ask'
import { Section } from '@/components/page/Page'
import { Loaded } from '@/components/states/Loaded'
import { Time } from '@/components/time/Time'
import classes from './settings.module.css'

/** The projects that there are, and making one. */
export function Projects() {
  const found = useQuery(projects)
  return (
    <>
      <p className={classes.intro}>
        Entities and executions belong to a project, and to a domain in it. Rights are given by
        project: a token is for some of them, or for all.
      </p>
      <Section title="Projects" beside={<Create />}>
        <Loaded of={found} small>
          {all => (
            <div className={classes.scroll}>
              <table className={classes.table}>
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>Description</th>
                    <th>Domains</th>
                    <th>Made</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(each => (
                    <tr key={each.id}>
                      <td className={classes.strong}>
                        <Link to="/executions" search={{ project: each.id }}>
                          {each.id}
                        </Link>
                      </td>
                      <td className="dim">{each.description || '–'}</td>
                      <td className="dim">{each.domains.join(', ')}</td>
                      <td className="dim">
                        {each.created > 0 ? <Time at={each.created} /> : 'from the beginning'}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Loaded>
      </Section>
    </>
  )
}

const DOMAINS = 'development, staging, production'

function Create() {
  const [isOpen, setOpen] = useState(false)
  const [id, setId] = useState('')
  const [description, setDescription] = useState('')
  const [domains, setDomains] = useState(DOMAINS)
  const act = () =>
    createProject({
      id: id.trim(),
      description: description.trim(),
      domains: domains.split(/[\s,]+/).filter(Boolean),
    })
  return (
    <>
      <ActButton
        needs="admin"
        leftSection={<IconPlus size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        New project
      </ActButton>
      <Ask
        opened={isOpen}
        title="New project"
        verb="Make it"
        disabled={!id.trim()}
        act={act}
        onClose={() => setOpen(false)}
      >
        <TextInput
          label="Name"
          description="Lower case letters, digits and -; it never changes."
          data-autofocus
          value={id}
          onChange={event => setId(event.currentTarget.value)}
        />
        <TextInput
          label="Description"
          value={description}
          onChange={event => setDescription(event.currentTarget.value)}
        />
        <TextInput
          label="Domains"
          value={domains}
          onChange={event => setDomains(event.currentTarget.value)}
        />
      </Ask>
    </>
  )
}
