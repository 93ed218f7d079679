import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { lineage, type LineageOf } from '@/api/lineage/queries'
import type { Use } from '@/api/schema'
import { lay } from '@/components/graph/layouter'
import { useLines } from '@/components/graph/lines'
import type { Direction } from '@/core/graph/layout'
import { sceneOf, taskOf, type TrailScene } from '@/core/lineage/scene'
import { merged, type Trail, trailOf } from '@/core/lineage/trail'

export type Ways = 'both' | 'upstream' | 'downstream'

/** The lineage of something, both ways as one. */
export function useTrail(of: LineageOf, ways: Ways, depth: number) {
  const upstream = useQuery({ ...lineage(of, 'upstream', depth), enabled: ways !== 'downstream' })
  const downstream = useQuery({ ...lineage(of, 'downstream', depth), enabled: ways !== 'upstream' })
  const trail = useMemo(() => {
    const answers = [
      ways !== 'downstream' ? upstream.data : undefined,
      ways !== 'upstream' ? downstream.data : undefined,
    ].filter(answer => answer !== undefined)
    return trailOf(merged<Use>(answers), use => isMeant(use, of))
  }, [upstream.data, downstream.data, ways, of])
  const asked = [
    ...(ways !== 'downstream' ? [upstream] : []),
    ...(ways !== 'upstream' ? [downstream] : []),
  ]
  return {
    trail,
    asked,
    isComplete: asked.every(query => query.data?.complete ?? true),
  }
}

function isMeant(use: Use, of: LineageOf): boolean {
  if (of.digest) return use.digest === of.digest
  if (of.uri) return use.uri === of.uri
  return use.made && use.execution === of.execution && use.path === (of.path ?? '')
}

/** A trail, laid out; the last one stays meanwhile. */
export function useTrailScene(trail: Trail<Use>, direction: Direction): TrailScene<Use> | null {
  const [scene, setScene] = useState<TrailScene<Use> | null>(null)
  const [lines] = useLines()
  useEffect(() => {
    let isCurrent = true
    void Promise.resolve(lay(taskOf(trail, direction), lines)).then(laid => {
      if (isCurrent) setScene(sceneOf(trail, laid, direction))
    })
    return () => {
      isCurrent = false
    }
  }, [trail, direction, lines])
  return scene
}
