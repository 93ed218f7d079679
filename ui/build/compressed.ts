import { readdir, readFile, writeFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = new Set(['.js', '.css', '.html', '.svg', '.json'])
const SMALL = 1024

/** Puts a .gz and a .br beside each file that becomes smaller by it, so that no request waits for
 * a compressor. */
export function compressed(): Plugin {
  let folder = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: config => {
      folder = resolve(config.root, config.build.outDir)
    },
    closeBundle: async () => {
      const files = await readdir(folder, { recursive: true })
      const chosen = files.filter(file => TEXT.has(extname(file)))
      await Promise.all(chosen.map(file => compress(join(folder, file))))
    },
  }
}

async function compress(path: string): Promise<void> {
  const content = await readFile(path)
  if (content.length < SMALL) return
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
  await Promise.all([
    promisify(gzip)(content, { level: 9 }).then(data => writeFile(`${path}.gz`, data)),
    promisify(brotliCompress)(content, quality).then(data => writeFile(`${path}.br`, data)),
  ])
}
