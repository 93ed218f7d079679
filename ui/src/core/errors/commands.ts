import { command, shell } from '../copy/words'

/** Commands that mend or look into a node execution, for a terminal. */
export interface MendingCommands {
  recover: string
  debug: string
}

/** @param server as `--server` takes it */
export function mendingCommands(execution: string, path: string, server: string): MendingCommands {
  return {
    recover: written('executions', 'recover', execution, '--edited', '--server', server),
    debug: written('debug', execution, path, '--server', server),
  }
}

function written(...words: string[]): string {
  return command(['volery', ...words.map(shell)])
}
