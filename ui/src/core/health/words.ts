/** What is looked at, by the names of the checks. */
const WORDS: Readonly<Record<string, string>> = {
  database: 'where state is kept: it answers, and what is written stays',
  storage: 'where files and large values are kept: it can be read and written',
  engine: 'drives executions: it holds its lease, and looks at what has changed',
  'launch plans': 'those that are active can be started',
  schedules: 'what is due is started',
  notices: 'those who want to know how something ended are told',
  lineage: 'what was made of what is noted',
}

/** What a check looks at, for people; empty: nothing is known of it. */
export function whatOf(check: string): string {
  return WORDS[check] ?? ''
}
