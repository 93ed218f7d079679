import { describe, expect, it } from 'vitest'
import { cellAt, cellGrid, decodeCells, fit, pick, shown } from './cells'
import { criticalPath } from './critical'
import { layered } from './layered'
import { nameOf, turned, type Task } from './layout'
import { insides, outline, type Sources } from './outline'
import { parsePlace, placeKey, printPlace, scopeOf, scopesAround } from './place'
import { compose, type Scene } from './scene'
import { readGraph, type ScopeGraph } from './shape'
import { buckets, markOf, readStatus } from './status'
import { longest, pathThrough } from './path'
import { around, Tiles, touch } from './tiles'
import { areaOf, DETAILS, enlarged, opening, revealing, roomy } from './view'

const own = 'big'

function graphs(all: Record<string, Parameters<typeof readGraph>[0]>, open: string[]): Sources {
  const known = new Map(Object.entries(all).map(([key, raw]) => [key, readGraph(raw)]))
  return {
    isOpen: key => open.includes(key),
    graph: (place): ScopeGraph | undefined => known.get(placeKey(place)),
    failed: () => '',
    child: place => (place.path === 'plan' ? 'other' : ''),
    element: map => {
      const found = open.find(key => key.startsWith(`${placeKey(map)}[`))
      return found ? Number(found.slice(placeKey(map).length + 1, -1)) : null
    },
  }
}

const task = (id: string, more = {}) => ({ id, path: id, title: id, ...more })
const data = (source: string, target: string) => ({
  source,
  target,
  data: [{ output: 'o0', input: 'x' }],
})

const whole = {
  'big:': {
    nodes: [
      task('load'),
      task('fit', { kind: 'map' as const, opens: true }),
      task('size', {
        kind: 'branch' as const,
        arms: [
          { condition: 'n > 1', nodes: [task('size/a', { id: 'a' })] },
          { condition: 'else', fails: 'too small' },
        ],
      }),
      task('plan', { kind: 'launch_plan' as const }),
    ],
    edges: [data('load', 'fit'), data('load', 'size'), { source: 'size', target: 'plan' }],
  },
  'big:fit': { kind: 'map' as const, element: task('fit', { opens: true }) },
  'big:fit[3]': { nodes: [task('fit[3]/n0', { id: 'n0' })] },
  'other:': {
    nodes: [task('n0', { id: 'n0' }), task('n1', { id: 'n1' })],
    edges: [data('n0', 'n1')],
  },
}

async function sceneOf(open: string[]): Promise<Scene> {
  const inside = outline({ execution: own, path: '' }, graphs(whole, open))
  return compose(inside, {
    direction: 'right',
    lay: asked => turned(asked, layered),
    length: () => 200,
  })
}

describe('places', () => {
  it('say which scopes are around', () => {
    expect(scopesAround('a/b[3]/c')).toEqual(['a', 'a/b', 'a/b[3]'])
    expect(scopeOf('n2[0:3]')).toBe('n2')
    expect(scopesAround('n0')).toEqual([])
  })

  it('are short in an address where they are of its own execution', () => {
    expect(printPlace({ execution: own, path: 'n2[0:3]' }, own)).toBe('n2[0:3]')
    for (const place of [
      { execution: own, path: 'n2[0:3]/n1' },
      { execution: 'other', path: 'n0' },
      { execution: 'other', path: '' },
    ]) {
      expect(parsePlace(printPlace(place, own), own)).toEqual(place)
    }
  })
})

describe('outline', () => {
  it('has what is open, in order, at its depth', () => {
    const open = ['big:fit', 'big:fit[3]', 'big:size', 'big:plan']
    const inside = outline({ execution: own, path: '' }, graphs(whole, open))
    expect([...insides(inside)].map(item => [item.key, item.depth])).toEqual([
      ['big:load', 0],
      ['big:fit', 0],
      ['big:fit[3]', 1],
      ['big:fit[3]/n0', 2],
      ['big:size', 0],
      ['big:size/a', 1],
      ['big:plan', 0],
      ['other:n0', 1],
      ['other:n1', 1],
    ])
  })

  it('waits for what is not known yet', () => {
    const inside = outline({ execution: 'nobody', path: '' }, graphs(whole, []))
    expect(inside).toEqual({ kind: 'loading', failed: '' })
  })
})

describe('scene', () => {
  it('holds what is open inside its frame, and nothing overlaps beside it', async () => {
    const scene = await sceneOf(['big:fit', 'big:fit[3]', 'big:size', 'big:plan'])
    const box = (key: string) => scene.boxes.find(each => each.key === key)!
    const frame = box('big:plan')
    for (const key of ['other:n0', 'other:n1']) {
      const { x, y, width, height } = box(key)
      expect(x).toBeGreaterThan(frame.x)
      expect(y).toBeGreaterThan(frame.y)
      expect(x + width).toBeLessThan(frame.x + frame.width)
      expect(y + height).toBeLessThan(frame.y + frame.height)
    }
    const solid = scene.boxes.filter(each => each.look !== 'group')
    for (const [at, one] of solid.entries()) {
      for (const other of solid.slice(at + 1)) expect(touch(one, other)).toBe(false)
    }
  })

  it('goes from a branch over conditions to its arms', async () => {
    const scene = await sceneOf(['big:size'])
    const pairs = scene.wires.map(({ source, target }) => [source, target])
    expect(pairs).toContainEqual(['big:size/choice', 'big:size/if0'])
    expect(pairs).toContainEqual(['big:size/if0', 'big:size/a'])
    expect(pairs).toContainEqual(['big:size/if1', 'big:size/fails1'])
    expect(scene.boxes.find(({ key }) => key === 'big:size/a')?.arm).toMatchObject({ index: 0 })
  })

  it('tells order from data', async () => {
    const { wires } = await sceneOf([])
    const only = (target: string) => wires.find(wire => wire.target === target)?.orderOnly
    expect([only('big:fit'), only('big:plan')]).toEqual([false, true])
  })
})

describe('layered', () => {
  const sized = (count: number) => Array.from({ length: count }, () => ({ width: 200, height: 44 }))

  it('puts each node behind what it waits for', () => {
    const asked: Task = { direction: 'right', sizes: sized(4), edges: [[0, 1], [1, 3], [0, 2], [2, 3]] } // prettier-ignore
    const { spots } = layered(asked)
    for (const [source, target] of asked.edges)
      expect(spots[source]!.x).toBeLessThan(spots[target]!.x)
    expect(turned({ ...asked, direction: 'down' }, layered).spots[3]!.y).toBeGreaterThan(0)
  })

  it.each([
    ['a fan of 10,000', Array.from({ length: 9999 }, (_, at) => [0, at + 1] as const)],
    ['a chain of 10,000', Array.from({ length: 9999 }, (_, at) => [at, at + 1] as const)],
    ['10,000 apart', []],
  ])('gives %s a shape that can be seen', (_, edges) => {
    const began = performance.now()
    const { width, height, spots } = layered({ direction: 'right', sizes: sized(10_000), edges })
    expect(performance.now() - began).toBeLessThan(1000)
    expect(width / height).toBeGreaterThan(0.3)
    expect(width / height).toBeLessThan(6)
    expect(new Set(spots.map(({ x, y }) => `${x},${y}`)).size).toBe(10_000)
  })

  it('ends in a circle too', () => {
    expect(layered({ direction: 'right', sizes: sized(2), edges: [[0, 1], [1, 0]] }).spots).toHaveLength(2) // prettier-ignore
  })

  it('puts a node beside what it comes from', () => {
    const edges = [[0, 2], [0, 3], [0, 4], [1, 5], [3, 6], [4, 6]] as const // prettier-ignore
    const { spots } = layered({ direction: 'right', sizes: sized(7), edges: [...edges] })
    const y = spots.map(spot => spot.y)
    expect(y[3]).toBe((y[2]! + y[4]!) / 2)
    expect(y[6]).toBe((y[3]! + y[4]!) / 2)
    const column = [2, 3, 4, 5].map(at => y[at]!)
    expect(column).toEqual(column.toSorted((a, b) => a - b))
    expect(Math.min(...column.slice(1).map((at, index) => at - column[index]!))).toBeGreaterThan(44)
    expect(Math.min(...y)).toBe(0)
  })

  it('is known by what was asked', () => {
    const asked: Task = { direction: 'right', sizes: sized(2), edges: [[0, 1]] }
    expect(nameOf(asked)).toBe(nameOf(structuredClone(asked)))
    expect(nameOf(asked)).not.toBe(nameOf({ ...asked, edges: [] }))
  })
})

describe('cells', () => {
  const cells = decodeCells(btoa(String.fromCharCode(2, 3, 10, 0, 1)))

  it('are picked by phase', () => {
    expect([...pick(cells, new Set())]).toEqual([0, 1, 2, 3, 4])
    expect([...pick(cells, new Set(['SUCCEEDED' as const]))]).toEqual([0, 2])
  })

  it.each([1, 200, 5_000, 100_000, 1_000_000])('all have room when they are %d', count => {
    const room = { width: 448, height: 288 }
    const grid = fit(count, room)
    expect(grid.columns * grid.rows * grid.each).toBeGreaterThanOrEqual(count)
    expect(grid.height).toBeLessThanOrEqual(room.height)
    expect(cellGrid(count).width).toBe(448)
  })

  it('show the worst where one stands for several', () => {
    const grid = { ...fit(5, { width: 448, height: 288 }), each: 5 }
    expect(shown(cells, pick(cells, new Set()), grid, 0)).toBe(3)
  })

  it('are found again', () => {
    const grid = fit(200, { width: 448, height: 288 })
    expect(cellAt(grid, 200, grid.step * 3 + 1, grid.step + 1)).toBe(grid.columns + 3)
    expect(cellAt(grid, 5, 400, 280)).toBeNull()
  })
})

describe('status', () => {
  it('makes a strip in which the few can be seen', () => {
    const strip = buckets({ SUCCEEDED: 99_999, FAILED: 1 })
    expect(strip.map(each => each.phase)).toEqual(['SUCCEEDED', 'FAILED'])
    expect(strip[1]!.to - strip[1]!.from).toBeGreaterThan(0.01)
    expect(strip.at(-1)!.to).toBeCloseTo(1)
    expect(buckets(null)).toEqual([])
  })

  it('has the mark of what was lost, whatever came of it', () => {
    const status = { path: '', phase: 'FAILED', created: 1 } as const
    expect(markOf(readStatus({ ...status, lost: true }), true)).toBe('LOST')
    expect(markOf(readStatus(status), true)).toBe('FAILED')
    expect([markOf(undefined, true), markOf(undefined, false)]).toEqual(['PENDING', 'SKIPPED'])
  })

  it('finds the critical path, inside too', () => {
    const inside = outline({ execution: own, path: '' }, graphs(whole, ['big:plan']))
    const ends: Record<string, number> = {
      'big:load': 2,
      'big:fit': 5,
      'big:size': 4,
      'big:plan': 9,
    }
    const path = criticalPath(inside, item =>
      readStatus({ path: '', phase: 'SUCCEEDED', created: 1, ended: ends[item.key] ?? 8 }),
    )
    expect([...path].sort()).toEqual(['big:load', 'big:plan', 'big:size', 'other:n0'])
  })
})

describe('tiles', () => {
  it('find what touches an area', () => {
    const boxes = Array.from({ length: 100 }, (_, at) => ({ x: at * 300, y: 0, width: 200, height: 44 })) // prettier-ignore
    const tiles = new Tiles(boxes, box => box)
    expect(tiles.in({ x: 350, y: 10, width: 400, height: 5 }).map(box => box.x)).toEqual([300, 600])
    expect(tiles.in({ x: 0, y: 0, width: 30_000, height: 50 }, 7)).toHaveLength(7)
    expect(around([{ x: 3, y: 9 }, { x: 1, y: 4 }])).toEqual({ x: 1, y: 4, width: 2, height: 5 }) // prettier-ignore
  })
})

describe('view', () => {
  const screen = { width: 1000, height: 600 }
  const node = { x: 2000, y: 100, width: 200, height: 44 }

  it('begins with all of it where that can be read, else where it begins', () => {
    expect(opening({ x: 0, y: 0, width: 400, height: 200 }, screen).zoom).toBe(1)
    const wide = opening({ x: 0, y: 0, width: 5000, height: 300 }, screen)
    expect(wide.zoom).toBeGreaterThan(0.8)
    expect(wide.x).toBeGreaterThan(0)
  })

  it('moves no further than it has to', () => {
    const here = { x: 0, y: 0, zoom: 1 }
    expect(revealing(here, { ...node, x: 100 }, screen)).toBe(here)
    const moved = revealing(here, node, screen)
    expect(moved.y).toBe(0)
    expect(node.x + moved.x + node.width).toBeLessThan(screen.width)
    expect(revealing(here, { ...node, width: 3000 }, screen).x).toBeCloseTo(28 - 2000)
  })

  it('comes near enough to read', () => {
    expect(revealing({ x: 0, y: 0, zoom: 0.1 }, node, screen).zoom).toBeGreaterThan(DETAILS)
  })

  it('writes what is small as large on screen as nearby', () => {
    for (const zoom of [0.25, 0.4, 0.63, 0.9]) {
      expect(zoom * enlarged(zoom)).toBeGreaterThanOrEqual(1)
      expect(zoom * enlarged(zoom)).toBeLessThan(1.1)
    }
    expect([enlarged(1), enlarged(1.6), enlarged(0.01)]).toEqual([1, 1, enlarged(0.02)])
  })

  it('has an area that stays the same while it moves little', () => {
    const area = (x: number) => roomy(areaOf({ x, y: 0, zoom: 1 }, screen))
    expect(area(-10)).toEqual(area(-90))
    expect(area(-10)).not.toEqual(area(-900))
  })
})

describe('paths', () => {
  it('go through all points', () => {
    const points = [{ x: 0, y: 0 }, { x: 50, y: 0 }, { x: 50, y: 80 }, { x: 100, y: 80 }] // prettier-ignore
    expect(pathThrough(points, 'right')).toBe('M0,0L42,0Q50,0 50,8L50,72Q50,80 58,80L100,80')
    expect(pathThrough([{ x: 0, y: 0 }, { x: 100, y: 40 }], 'right')).toMatch(/^M0,0C50,0 50,40 /) // prettier-ignore
  })

  it('are straight where they are level, and curves between two heights', () => {
    const points = [{ x: 0, y: 0 }, { x: 40, y: 60 }, { x: 240, y: 60 }, { x: 280, y: 0 }] // prettier-ignore
    const path = 'M0,0C20,0 20,60 40,60L240,60C260,60 260,0 280,0'
    expect(pathThrough(points, 'right')).toBe(path)
    const turned = points.map(({ x, y }) => ({ x: y, y: x }))
    expect(pathThrough(turned, 'down')).toBe(path.replaceAll(/([\d]+),(\d+)/g, '$2,$1'))
  })

  it('are named beside their longest straight part', () => {
    const points = [{ x: 0, y: 0 }, { x: 20, y: 0 }, { x: 20, y: 80 }, { x: 130, y: 80 }] // prettier-ignore
    expect(longest(points)).toEqual({ x: 75, y: 80, across: true })
    expect(longest(points.slice(0, 3))).toEqual({ x: 20, y: 40, across: false })
  })
})
