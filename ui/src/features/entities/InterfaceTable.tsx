import type { ExactEntity } from '@/api/entities/queries'
import { Section } from '@/components/page/Page'
import { Empty } from '@/components/states/Empty'
import { type JsonObject, writeJson } from '@/core/form/json'
import { show } from '@/core/form/types'
import { parametersOf } from './parameters'
import { shorten } from '@/core/text/shorten'
import classes from './Overview.module.css'

interface Row {
  name: string
  type: string
  value: string
  isFixed: boolean
  description: string
}

/** What it takes and what it gives. */
export function InterfaceTable({ of }: { of: ExactEntity }) {
  const { inputs, outputs } = parametersOf(of)
  const { fixed, defaults } = of
  const taken: Row[] = inputs.map(({ name, type, description }) => ({
    name,
    type: show(type),
    value: written(defaults, name),
    isFixed: false,
    description,
  }))
  const held: Row[] = Object.keys(fixed).map(name => ({
    name,
    type: '',
    value: written(fixed, name),
    isFixed: true,
    description: '',
  }))
  return (
    <>
      <Section title="Inputs">
        {taken.length + held.length === 0 ? (
          <Empty small title="It takes nothing" />
        ) : (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col">Default</th>
                <th scope="col">Description</th>
              </tr>
            </thead>
            <tbody>
              {[...taken, ...held].map(row => (
                <tr key={row.name}>
                  <td className="mono">{row.name}</td>
                  <td className="mono dim">{row.type}</td>
                  <td className="mono" title={row.value}>
                    {shorten(row.value, 60)} {row.isFixed && <span className="faint">fixed</span>}
                  </td>
                  <td className="dim">{row.description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <Section title="Outputs">
        {outputs.length === 0 ? (
          <Empty small title="It gives nothing" />
        ) : (
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Type</th>
                <th scope="col" aria-label="no default" />
                <th scope="col">Description</th>
              </tr>
            </thead>
            <tbody>
              {outputs.map(({ name, type, description }) => (
                <tr key={name}>
                  <td className="mono">{name}</td>
                  <td className="mono dim">{show(type)}</td>
                  <td />
                  <td className="dim">{description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
    </>
  )
}

function written(values: JsonObject, name: string): string {
  const value = values[name]
  return value === undefined ? '' : writeJson(value)
}
