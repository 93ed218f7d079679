import type { Size } from './layout'
import type { Area } from './tiles'

/** How a plane is looked at: where its origin is on screen, and how large it is. */
export interface View {
  x: number
  y: number
  zoom: number
}

export const NEAREST = 1.6
export const FARTHEST = 0.004

/** Boxes are drawn one by one in the page up to this many; more of them as pixels. */
export const MOST_BOXES = 220

/** Below it there is room for nothing in a box but its name, and below `NAMES` not even for that. */
export const DETAILS = 0.6
export const NAMES = 0.22

/** How much larger text is written for being read from further away: what is small anyway stays as
 * large on screen as it is nearby. */
export function enlarged(zoom: number): number {
  return Math.ceil(10 / Math.min(1, Math.max(zoom, NAMES))) / 10
}

/** The part of the plane that is on screen. */
export function areaOf(view: View, screen: Size): Area {
  return {
    x: -view.x / view.zoom,
    y: -view.y / view.zoom,
    width: screen.width / view.zoom,
    height: screen.height / view.zoom,
  }
}

const SQUARE = 300

/** An area with room around it, at round numbers: it stays the same while the view moves little. */
export function roomy(area: Area): Area {
  const left = Math.floor(area.x / SQUARE) - 1
  const top = Math.floor(area.y / SQUARE) - 1
  const right = Math.ceil((area.x + area.width) / SQUARE) + 1
  const bottom = Math.ceil((area.y + area.height) / SQUARE) + 1
  return {
    x: left * SQUARE,
    y: top * SQUARE,
    width: (right - left) * SQUARE,
    height: (bottom - top) * SQUARE,
  }
}

const MARGIN = 28

/** The view in which all of an area can be seen, and nothing is larger than life. */
export function fitting(area: Area, screen: Size): View {
  const zoom = Math.max(
    FARTHEST,
    Math.min(
      1,
      (screen.width - 2 * MARGIN) / area.width,
      (screen.height - 2 * MARGIN) / area.height,
    ),
  )
  return {
    zoom,
    x: (screen.width - area.width * zoom) / 2 - area.x * zoom,
    y: (screen.height - area.height * zoom) / 2 - area.y * zoom,
  }
}

/** Names can be read well from here on, and all else from there. */
const READABLE = 0.4
const COMFORTABLE = 0.9

/** The view to begin with: all of it, if that can be read; otherwise where it begins. What is too
 * large to be read anyway is shown whole. */
export function opening(area: Area, screen: Size): View {
  const whole = fitting(area, screen)
  const isHopeless = area.width * area.height > 60 * screen.width * screen.height
  if (whole.zoom >= READABLE || isHopeless) return whole
  const zoom = COMFORTABLE
  const [width, height] = [area.width * zoom, area.height * zoom]
  const start = (length: number, room: number) => Math.max(MARGIN, (room - length) / 2)
  return {
    zoom,
    x: start(width, screen.width) - area.x * zoom,
    y: start(height, screen.height) - area.y * zoom,
  }
}

/** The view nearest to another one in which an area is on screen, and large enough to read. Of one
 * that is larger than the screen its beginning is shown. */
export function revealing(view: View, area: Area, screen: Size): View {
  const zoom = view.zoom < READABLE ? COMFORTABLE : view.zoom
  const scaled = zoom === view.zoom ? view : centred(area, zoom, screen)
  const x = scaled.x + shift(area.x * zoom + scaled.x, area.width * zoom, screen.width)
  const y = scaled.y + shift(area.y * zoom + scaled.y, area.height * zoom, screen.height)
  return x === view.x && y === view.y && zoom === view.zoom ? view : { x, y, zoom }
}

function centred(area: Area, zoom: number, screen: Size): View {
  return {
    zoom,
    x: (screen.width - area.width * zoom) / 2 - area.x * zoom,
    y: (screen.height - area.height * zoom) / 2 - area.y * zoom,
  }
}

/** How far something has to be moved to be between both ends of the screen. */
function shift(start: number, length: number, room: number): number {
  const most = room - MARGIN - length
  if (start < MARGIN || most < MARGIN) return MARGIN - start
  return Math.min(0, most - start)
}
