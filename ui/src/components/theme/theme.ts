import { createTheme, type MantineColorsTuple } from '@mantine/core';

// One accent: what can be pressed, what is selected, what is live. Everything else is neutral, or a status.
const accent: MantineColorsTuple = ['#eef2ff', '#dde5fd', '#b9c8f8', '#93a9f3', '#718dee', '#5575e6', '#3f60dc', '#3557d6', '#2a46b0', '#20368a'];
const gray: MantineColorsTuple = ['#f6f7f9', '#eff1f4', '#e4e7ec', '#d5dae1', '#b6bdc8', '#8b94a2', '#69727f', '#4c5561', '#333b46', '#1c222b'];
const dark: MantineColorsTuple = ['#d8dde5', '#b4bcc8', '#949eac', '#697382', '#3a424e', '#2b323c', '#20262e', '#171b21', '#0f1216', '#0a0d10'];
const green: MantineColorsTuple = ['#eaf8f0', '#d3f0df', '#a5dfbd', '#74cd99', '#4cbd7c', '#2fa864', '#218a50', '#1a7342', '#145a34', '#0e4326'];
const red: MantineColorsTuple = ['#fdeeed', '#fadad8', '#f3b1ad', '#ec8681', '#e5625b', '#dc463e', '#c8352d', '#a92a23', '#87211c', '#651915'];
const amber: MantineColorsTuple = ['#fdf5e3', '#fae8c2', '#f4d089', '#edb64d', '#e29f23', '#c9860f', '#a96d08', '#875607', '#684206', '#4b3004'];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent, gray, dark, green, red, amber },
  white: '#ffffff',
  black: '#1c222b',
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.3' },
      h2: { fontSize: '16px', lineHeight: '1.4' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  autoContrast: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Textarea: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, arrowSize: 6 } },
    Modal: { defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.35, blur: 2 }, transitionProps: { duration: 120 } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Menu: { defaultProps: { shadow: 'md', radius: 'md', transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
  },
});
