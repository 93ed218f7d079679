import { localStorageColorSchemeManager } from '@mantine/core'

/** Light, dark or as the system: public/scheme.js reads the same before anything is painted. */
export const schemes = localStorageColorSchemeManager({ key: 'volery.scheme' })
