/** Does something at once, and then at most every so many milliseconds however often it is asked
 * for; what was asked for is always done in the end. */
export function throttled(milliseconds: number, act: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isWanted = false

  const rest = () => {
    timer = setTimeout(() => {
      timer = undefined
      if (isWanted) begin()
    }, milliseconds)
  }
  const begin = () => {
    isWanted = false
    act()
    rest()
  }
  return {
    act: () => {
      if (timer === undefined) begin()
      else isWanted = true
    },
    cancel: () => clearTimeout(timer),
  }
}
