/** What the page does, as Python, as commands and as requests: to copy. */
import { isArray, isObject, type Json, type JsonObject, writeJson } from '@/core/form/json'
import { command, python, pythonBlock, shell } from './words'

export interface Snippets {
  readonly python: string
  readonly cli: string
  readonly curl: string
}

/** Where the server is, and whether it wants to know who asks. */
export interface Site {
  readonly url: string
  readonly token: boolean
}

export interface Key {
  readonly kind: 'task' | 'workflow' | 'launch_plan'
  readonly name: string
  readonly version: string
  readonly project: string
  readonly domain: string
}

// -- a launch ----------------------------------------------------------------------------------

/** What is started, and the module with its code; empty: nobody knows which one that is. */
export interface Startable {
  readonly key: Key
  readonly module: string
}

/** Starting an execution. `options`: as `optionFields` gives them. */
export function launchSnippets(
  site: Site,
  { key, module }: Startable,
  inputs: JsonObject,
  options: JsonObject,
): Snippets {
  return {
    python: launchPython(site, key, inputs, options),
    cli: launchCli(site, key, module, inputs, options),
    curl: curl(site, 'POST', '/api/v1/executions', { entity: { ...key }, inputs, ...options }),
  }
}

function launchPython(site: Site, entity: Key, inputs: JsonObject, options: JsonObject): string {
  const said = pythonOptions(options)
  const args = [
    `inputs=${python(inputs, '        ')}`,
    ...(typeof options['name'] === 'string' ? [`name=${python(options['name'])}`] : []),
    ...(said.length ? [`options=Options${pythonBlock('()', said, '        ')}`] : []),
  ]
  const fetch = `entity = remote.fetch_${entity.kind}(${python(entity.name)}, ${python(entity.version)})`
  const lines = [
    fetch,
    `execution = entity.execute${pythonBlock('()', args, '    ')}`,
    'print(execution.wait())',
  ]
  return withRemote(site, entity, lines, said.length > 0)
}

function pythonOptions(options: JsonObject): string[] {
  const { limits } = options
  const running = isObject(limits) ? limits['running'] : undefined
  const names = [
    'labels',
    'annotations',
    'priority',
    'max_parallelism',
    'overwrite_cache',
    'executor',
  ]
  return [
    ...names.flatMap(name => {
      const tree = options[name]
      return tree === undefined ? [] : [`${name}=${python(tree, '            ')}`]
    }),
    ...(running === undefined ? [] : [`timeout=${python(running)}`]),
  ]
}

function withRemote(
  site: Site,
  place: { readonly project: string; readonly domain: string },
  lines: readonly string[],
  options = false,
): string {
  const args = [
    python(site.url),
    ...(place.project ? [`project=${python(place.project)}`] : []),
    ...(place.domain ? [`domain=${python(place.domain)}`] : []),
  ]
  return [
    `from volery import ${options ? 'Options, ' : ''}Remote`,
    '',
    `with Remote${pythonBlock('()', args)} as remote:`,
    ...lines.map(each => `    ${each}`),
    '',
  ].join('\n')
}

/** The command runs the code that is where it is run: it is registered on the way. */
function launchCli(
  site: Site,
  entity: Key,
  module: string,
  inputs: JsonObject,
  options: JsonObject,
): string {
  const isIn = entity.name.startsWith(`${module}.`)
  const words = [
    'volery run --remote',
    shell(module || 'FILE'),
    shell(isIn ? entity.name.slice(module.length + 1) : entity.name),
    ...Object.entries(inputs).map(([name, tree]) => cliInput(name, tree)),
    ...cliOptions(options),
    `--project ${shell(entity.project)}`,
    `--domain ${shell(entity.domain)}`,
    `--server ${shell(site.url)}`,
  ]
  return command(words)
}

function cliInput(name: string, tree: Json): string {
  const flag = `--${name.replaceAll('_', '-')}`
  if (typeof tree === 'boolean') return tree ? flag : flag.replace('--', '--no-')
  return `${flag} ${shell(typeof tree === 'string' ? tree : writeJson(tree))}`
}

function cliOptions(options: JsonObject): string[] {
  const { labels, limits } = options
  const running = isObject(limits) ? limits['running'] : undefined
  const plain = (name: string, flag: string) => {
    const tree = options[name]
    return tree === undefined || tree === null ? [] : [`${flag} ${shell(text(tree))}`]
  }
  return [
    ...plain('name', '--name'),
    ...(isObject(labels)
      ? Object.entries(labels).map(([key, value]) => `--label ${shell(`${key}=${text(value)}`)}`)
      : []),
    ...(options['overwrite_cache'] === true ? ['--overwrite-cache'] : []),
    ...plain('priority', '--priority'),
    ...plain('max_parallelism', '--max-parallelism'),
    ...plain('executor', '--executor'),
    ...(running === undefined ? [] : [`--timeout ${text(running)}s`]),
  ]
}

function text(tree: Json): string {
  return typeof tree === 'string' ? tree : writeJson(tree)
}

// -- an execution, and what is done to it ------------------------------------------------------

export function executionSnippets(site: Site, id: string): Snippets {
  return {
    python: withRemote(site, NOWHERE, [
      `execution = remote.fetch_execution(${python(id)})`,
      'print(execution.phase, execution.inputs)',
    ]),
    cli: command(['volery executions get', shell(id), `--server ${shell(site.url)}`]),
    curl: curl(site, 'GET', `/api/v1/executions/${encodeURIComponent(id)}`),
  }
}

export function signalSnippets(site: Site, id: string, gate: string, answer: Json): Snippets {
  const value = typeof answer === 'boolean' ? (answer ? '--yes' : '--no') : shell(text(answer))
  return {
    python: withRemote(site, NOWHERE, [
      `remote.signal(${python(id)}, ${python(gate)}, ${python(answer)})`,
    ]),
    cli: command([
      'volery executions signal',
      shell(id),
      shell(gate),
      value,
      `--server ${shell(site.url)}`,
    ]),
    curl: curl(site, 'POST', `/api/v1/executions/${encodeURIComponent(id)}/signal`, {
      gate,
      value: answer,
    }),
  }
}

const NOWHERE = { project: '', domain: '' }

// -- a query -----------------------------------------------------------------------------------

/** Which executions: names as in the query of the API, several values where there may be several. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined | null>
>

export function querySnippets(site: Site, query: Query): Snippets {
  const entries = Object.entries(query).flatMap(([name, value]) =>
    (isList(value) ? value : [value]).flatMap(each =>
      each === undefined || each === null || each === '' || each === false
        ? []
        : [[name, String(each)] as const],
    ),
  )
  const search = new URLSearchParams(entries.map(each => [...each])).toString()
  return {
    python: withRemote(site, NOWHERE, [
      `for execution in remote.list_executions${pythonBlock('()', pythonFilter(entries), '    ')}:`,
      '    print(execution)',
    ]),
    cli: command([
      'volery executions list',
      ...entries.map(([name, value]) =>
        name === 'children'
          ? '--children'
          : `--${name === 'name' ? 'entity' : name} ${shell(value.replace('launch_plan', 'launch-plan'))}`,
      ),
      `--server ${shell(site.url)}`,
    ]),
    curl: curl(site, 'GET', `/api/v1/executions${search && `?${search}`}`),
  }
}

function isList(value: Query[string]): value is readonly string[] {
  return isArray(value)
}

function pythonFilter(entries: readonly (readonly [string, string])[]): string[] {
  const of = (name: string) => entries.filter(each => each[0] === name).map(each => each[1])
  const pairs = (name: string) =>
    of(name).map(each => {
      const [key = '', ...rest] = each.split('=')
      return [key, rest.join('=')] as const
    })
  const phases = of('phase')
  const labels = pairs('label')
  const inputs = pairs('input')
  const plain = entries.filter(([name]) => !['phase', 'label', 'input'].includes(name))
  return [
    ...(phases.length ? [`phases=(${phases.map(each => `${python(each)},`).join(' ')})`] : []),
    ...plain.map(([name, value]) => `${name}=${filterValue(name, value)}`),
    ...(labels.length ? [`labels=${python(Object.fromEntries(labels))}`] : []),
    ...(inputs.length
      ? [
          `inputs={${inputs.map(([name, json]) => `${python(name)}: ${jsonAsPython(json)}`).join(', ')}}`,
        ]
      : []),
  ]
}

function filterValue(name: string, value: string): string {
  if (name === 'since' || name === 'until') return value
  return name === 'children' ? 'True' : python(value)
}

function jsonAsPython(json: string): string {
  return json
    .replace(/^null$/, 'None')
    .replace(/^true$/, 'True')
    .replace(/^false$/, 'False')
}

// -- requests ----------------------------------------------------------------------------------

function curl(site: Site, method: 'GET' | 'POST', path: string, body?: Json): string {
  const words = [
    'curl',
    ...(method === 'POST' && body === undefined ? ['-X POST'] : []),
    shell(site.url + path),
    ...(site.token ? ['-H "authorization: Bearer $VOLERY_TOKEN"'] : []),
    ...(body === undefined
      ? []
      : ["-H 'content-type: application/json'", `-d ${shell(writeJson(body))}`]),
  ]
  return command(words)
}
