/** What helps against a failure of the system's own; of those of user code nobody knows. */
const HINTS: Record<string, string> = {
  OutOfMemory:
    'Give the task more memory, requests=Resources(mem=…), or less to do at a time. Another attempt may be luckier elsewhere.',
  TimedOut:
    'It took longer than it may. Raise the limit if it was on its way; the log shows how far it was.',
  Lost: 'What carried it out is gone: the machine or the engine ended. Another attempt is safe if the task may run twice.',
  Aborted: 'Somebody has stopped it. Recover the execution to go on from what had succeeded.',
  ImportFailed:
    'The module of the task cannot be imported where it runs: a package is missing there, or the code has an error at its top.',
  PackageUnavailable:
    'The code of the execution is not to be had. Register it again, and relaunch.',
  InterfaceChanged:
    'The code has other inputs or outputs than what was registered. Register it again, and relaunch.',
  TooLarge: 'What it gave is larger than may be. Give a file or a frame in place of a plain value.',
  TooDeep:
    'Dynamic or eager tasks start others that start others, too deep: look for one that starts itself.',
  ExecutorBroken: 'The executor cannot work: see the health of the server.',
  WorkerNotStarted:
    'No process could be started for it: see the health of the server, and its log.',
}

export function hintFor(code: string): string | undefined {
  return Object.hasOwn(HINTS, code) ? HINTS[code] : undefined
}
