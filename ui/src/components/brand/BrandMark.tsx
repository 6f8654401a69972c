/** A gantry crane with something in the air. */
export function BrandMark({ size = 26 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3557d6" />
      <path d="M7 24V10.5h18V24M4.5 10.5h23M16 10.5v6" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round" />
      <rect x="12.6" y="16.5" width="6.8" height="5.4" rx="1.2" fill="#ffc53d" />
    </svg>
  );
}
