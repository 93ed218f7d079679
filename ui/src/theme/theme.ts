import {
  ActionIcon,
  Button,
  createTheme,
  Input,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  MultiSelect,
  Popover,
  Select,
  Tabs,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core'
import type { CSSProperties } from 'react'

const accent: MantineColorsTuple = [
  '#eef0ff',
  '#dcdffa',
  '#b9bff2',
  '#98a2ff',
  '#7884ea',
  '#5a68de',
  '#4b5bd6',
  '#4353d0',
  '#3846b4',
  '#2d3995',
]

/** The ground of a field, the same in both themes; where it is wrong its border says so, and its
 * text stays text.
 */
const ground = {
  '--input-bg': 'var(--v-surface)',
  '--input-color': 'var(--mantine-color-text)',
  '--input-placeholder-color': 'var(--mantine-color-placeholder)',
} as CSSProperties

const list = { options: { maxHeight: 220, overflowY: 'auto' } } as const

/** The neutral colours of the dark theme, from text to ground: as in tokens.css. */
const dark: MantineColorsTuple = [
  '#e9ebee',
  '#b0b6c0',
  '#8f96a2',
  '#5c636e',
  '#3c424b',
  '#282c32',
  '#1f2227',
  '#17191d',
  '#131417',
  '#101114',
]

/** The one filled colour is the accent, with text that can be read on it in both themes. */
const colours: VariantColorsResolver = input => {
  const usual = defaultVariantColorsResolver(input)
  if (input.variant !== 'filled' || (input.color && input.color !== 'accent')) return usual
  return {
    ...usual,
    background: 'var(--v-accent)',
    color: 'var(--v-on-accent)',
    hover: 'color-mix(in srgb, var(--v-accent) 88%, var(--v-text))',
  }
}

/** Mantine in the measures of our tokens: see tokens.css. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 3 },
  variantColorResolver: colours,
  colors: { accent, dark },
  fontFamily: 'var(--v-font)',
  fontFamilyMonospace: 'var(--v-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '16px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: { fontWeight: '600' },
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs', variant: 'default' } }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { size: 28, variant: 'subtle', color: 'gray' },
    }),
    Input: Input.extend({ styles: { input: ground } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, transitionProps: { duration: 100 }, fz: 'xs', maw: 480 },
    }),
    Menu: Menu.extend({
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 100 },
        // It would stand in the menu as something that is no item.
        withInitialFocusPlaceholder: false,
      },
    }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } }),
    Modal: Modal.extend({
      defaultProps: {
        transitionProps: { duration: 120 },
        radius: 'md',
        closeButtonProps: { 'aria-label': 'Close' },
      },
    }),
    // Its list scrolls itself: that of a box around it could not be reached by keys.
    Select: Select.extend({ defaultProps: { withScrollArea: false, styles: list } }),
    MultiSelect: MultiSelect.extend({ defaultProps: { withScrollArea: false, styles: list } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
})

const shared = {
  '--mantine-color-body': 'var(--v-surface)',
  '--mantine-color-text': 'var(--v-text)',
  '--mantine-color-dimmed': 'var(--v-text-faint)',
  '--mantine-color-placeholder': 'var(--v-text-faint)',
  '--mantine-color-default': 'var(--v-surface)',
  '--mantine-color-default-hover': 'var(--v-hover)',
  '--mantine-color-default-color': 'var(--v-text)',
  '--mantine-color-default-border': 'var(--v-line-strong)',
  '--mantine-color-anchor': 'var(--v-accent)',
  '--mantine-color-error': 'var(--v-failed)',
  '--mantine-shadow-md': 'var(--v-overlay-shadow)',
  '--mantine-shadow-xl': 'var(--v-overlay-shadow)',
}

/** Mantine's own colours, as ours; the same in both themes, as ours change with the theme. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: shared,
  dark: shared,
})
