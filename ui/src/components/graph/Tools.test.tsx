import { MantineProvider } from '@mantine/core'
import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, onTestFinished } from 'vitest'
import { chosenLines } from './lines'
import { Tools } from './Tools'

it('has the edges go otherwise, and keeps that in the browser', () => {
  onTestFinished(() => localStorage.clear())
  const nothing = () => undefined
  render(
    <MantineProvider>
      <Tools
        direction="right"
        onDirection={nothing}
        onCritical={nothing}
        onZoom={nothing}
        onFit={nothing}
      />
    </MantineProvider>,
  )
  const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
  expect(chosenLines()).toBe('curved')
  press('Square edges')
  expect(chosenLines()).toBe('square')
  expect(localStorage.getItem('volery.graph.lines')).toBe('square')
  press('Curved edges')
  expect(chosenLines()).toBe('curved')
})
