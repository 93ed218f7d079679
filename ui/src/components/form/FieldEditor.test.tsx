import { MantineProvider } from '@mantine/core'
import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { beforeAll, describe, expect, test } from 'vitest'
import { begin, draftOf, formOf, give, problemsIn, treeOf } from '@/core/form/form'
import { writeJson } from '@/core/form/json'
import type { LiteralType } from '@/core/form/types'
import { FieldEditor } from './FieldEditor'
import { FormSurroundings } from './surroundings'

const int: LiteralType = { type: 'primitive', name: 'int' }
const str: LiteralType = { type: 'primitive', name: 'str' }

/** A form of one input, with what it would send below it. */
function One({ kind }: { kind: LiteralType }) {
  const form = formOf([{ name: 'x', type: kind }])
  const [given, setGiven] = useState(() => begin(form))
  const [input] = form
  const draft = input && draftOf(input, given)
  const around = {
    problems: problemsIn(form, given),
    disabled: false,
    onUpload: () => () => undefined,
  }
  return (
    <MantineProvider>
      <FormSurroundings value={around}>
        {draft && (
          <FieldEditor
            kind={kind}
            draft={draft}
            path="$.x"
            onChange={changed => setGiven(was => give(form, was, 'x', changed))}
          />
        )}
      </FormSurroundings>
      <output>{writeJson(treeOf(form, given))}</output>
    </MantineProvider>
  )
}

function sent(): string | null {
  return screen.getByRole('status').textContent
}

// Fields with lines measure themselves again when a font has come.
beforeAll(() => {
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true })
})

describe('a field', () => {
  test('of a number says what is wrong below it', () => {
    render(<One kind={int} />)
    const field = screen.getByLabelText('x')
    fireEvent.change(field, { target: { value: '12x' } })
    expect(screen.getByRole('alert').textContent).toBe("expected int, got '12x'")
    expect(field.getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id)
    fireEvent.change(field, { target: { value: '12345678901234567890' } })
    expect(screen.queryByRole('alert')).toBeNull()
    expect(sent()).toBe('{"x":12345678901234567890}')
  })

  test('of a list has a row for each element', () => {
    render(<One kind={{ type: 'list', element: int }} />)
    fireEvent.click(screen.getByRole('button', { name: 'int' }))
    fireEvent.click(screen.getByRole('button', { name: 'int' }))
    fireEvent.change(screen.getByLabelText('x[0]'), { target: { value: '1' } })
    fireEvent.change(screen.getByLabelText('x[1]'), { target: { value: '2' } })
    fireEvent.click(screen.getByRole('button', { name: 'Remove element 0' }))
    expect(sent()).toBe('{"x":[2]}')
  })

  test('of a dict has a row for each entry', () => {
    render(<One kind={{ type: 'map', key: str, value: int }} />)
    fireEvent.click(screen.getByRole('button', { name: 'str: int' }))
    fireEvent.change(screen.getByLabelText('x key 0'), { target: { value: "it's" } })
    fireEvent.change(screen.getByLabelText('x["it\'s"]'), { target: { value: '5' } })
    expect(sent()).toBe('{"x":{"it\'s":5}}')
  })

  test('of a record leaves fields at their defaults until they are given', () => {
    const fields = [
      { name: 'a', type: int },
      { name: 'b', type: str, required: false },
    ]
    render(<One kind={{ type: 'record', name: 'app.Row', fields }} />)
    fireEvent.change(screen.getByLabelText('x.a'), { target: { value: '1' } })
    expect(sent()).toBe('{"x":{"a":1}}')
    fireEvent.click(screen.getByRole('button', { name: 'give it' }))
    fireEvent.change(screen.getByLabelText('x.b'), { target: { value: 'two' } })
    expect(sent()).toBe('{"x":{"a":1,"b":"two"}}')
    fireEvent.click(screen.getByRole('button', { name: 'Leave b at its default' }))
    expect(sent()).toBe('{"x":{"a":1}}')
  })

  test('of a union asks which it is first', () => {
    render(
      <One kind={{ type: 'union', variants: [str, int, { type: 'primitive', name: 'none' }] }} />,
    )
    expect(sent()).toBe('{}')
    fireEvent.click(screen.getByRole('radio', { name: 'str' }))
    fireEvent.change(screen.getByLabelText('x'), { target: { value: '5' } })
    expect(sent()).toBe('{"x":"5"}')
  })

  test('shows what comes from elsewhere as text', () => {
    const hostile = '<img src=x onerror=alert(1)>'
    render(<One kind={{ type: 'enum', name: 'E', members: [{ name: hostile }] }} />)
    expect(screen.getByText(hostile)).toBeTruthy()
    expect(document.querySelector('img')).toBeNull()
  })
})
