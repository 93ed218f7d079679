import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router' // prettier-ignore
import { fireEvent, render, screen } from '@testing-library/react'
import type { ReactNode } from 'react'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { FailureReport, LogLine, Part } from '@/api/schema'
import { ErrorCard } from './errors/ErrorCard'
import { LogRow } from './logs/LogRow'
import { ValueCard } from './values/ValueCard'

/** Text that would be more than text anywhere but here. */
const NASTY = [
  '<script>window.hurt = 1</script>',
  '<img src=x onerror="window.hurt = 1">',
  '"><svg onload=window.hurt=1>',
  'javascript:window.hurt=1',
  '{{constructor.constructor("window.hurt=1")()}}',
  '${window.hurt=1}',
  '\u001b]8;;javascript:window.hurt=1\u0007click\u001b]8;;\u0007',
  '\u202egnp.exe\u2066',
  '__proto__',
  'a'.repeat(50_000),
]

// The router scrolls to where it was, and jsdom does not scroll.
beforeAll(() => {
  vi.stubGlobal('scrollTo', () => undefined)
})

async function show(children: ReactNode): Promise<HTMLElement> {
  const root = createRootRoute({ component: () => children })
  const router = createRouter({ routeTree: root, history: createMemoryHistory() })
  const { container } = render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <RouterProvider router={router as never} />
      </QueryClientProvider>
    </MantineProvider>,
  )
  await screen.findAllByText(/./)
  return container
}

/** Nothing but elements of ours, and nothing that a browser would run. */
function expectCalm(container: HTMLElement): void {
  expect(container.querySelector('script, img, iframe, object, [onerror], [onload]')).toBeNull()
  for (const link of container.querySelectorAll('a')) {
    expect(link.getAttribute('href') ?? '').not.toMatch(/^javascript:/)
  }
  expect(window).not.toHaveProperty('hurt')
}

/** Of what the server passes on as it is: nothing that steers a terminal or turns text around. */
function expectVisible(container: HTMLElement): void {
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(container.textContent).not.toMatch(/[\u001b\u0007\u202e\u2066]/)
}

describe.each(NASTY.map(text => [text.slice(0, 40), text]))('%j', (_, text) => {
  it('is text in a log', async () => {
    const line: LogLine = { at: 1, stream: 'log', text, level: text, logger: text, number: 1 }
    const props = { search: 'window', zone: '', times: true, wrap: true, at: undefined }
    const container = await show(<LogRow line={line} onNumber={undefined} {...props} />)
    expectCalm(container)
    expectVisible(container)
  })

  it('is text in an error', async () => {
    const failure = { code: text, kind: 'USER', message: text, traceback: text, path: text, execution: text, retryable: true, cause: null } as const // prettier-ignore
    const report: FailureReport = {
      failure: { ...failure, cause: failure },
      exception: text,
      frames: [{ file: text, line: 3, function: text, text, lines: [{ number: 3, text }] }],
      origin: { execution: text, path: text },
    }
    const container = await show(<ErrorCard report={report} />)
    expectCalm(container)
    expectVisible(container)
  })

  it.each([
    ['a text', text],
    ['a list', { type: 'list', items: [text], length: 1 }],
    ['a dict', { type: 'dict', entries: [[text, text]], length: 1 }],
    ['a record', { type: 'record', name: text, entries: [[text, text]], length: 1 }],
    [
      'a file',
      {
        type: 'content',
        kind: 'file',
        name: text,
        uri: text,
        format: text,
        preview: { media: text, text, whole: true },
      },
    ],
    [
      'a table',
      {
        type: 'content',
        kind: 'frame',
        preview: { rows: 1, width: 1, columns: { [text]: text }, head: [{ [text]: text }] },
      },
    ],
    ['something else', { type: text, items: text, entries: [text] }],
  ])('is text in a value: %s', async (__, preview) => {
    const part: Part = { key: text, type: text, preview, size: 100, digest: 'd', opens: true }
    const of = { execution: 'mine', path: 'n0' }
    const container = await show(<ValueCard of={of} side="outputs" part={part} />)
    for (const button of container.querySelectorAll('[role=treeitem] button')) {
      fireEvent.click(button)
    }
    expectCalm(container)
  })
})
