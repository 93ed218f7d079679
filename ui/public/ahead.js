// What the page of an execution asks for first is on its way while its code is: see src/api/ahead.ts.
{
  const page = /^\/executions\/([^/]+)$/.exec(location.pathname)
  const secret = localStorage.getItem('volery.token')
  const ask = url => {
    const headers = secret ? { authorization: `Bearer ${secret}` } : {}
    const answer = fetch(url, { credentials: 'omit', redirect: 'error', headers })
    answer.catch(() => null) // whoever takes it says it
    window.voleryAhead = [...(window.voleryAhead ?? []), { url, sent: Date.now(), answer }]
    return answer
  }
  if (page) {
    const of = `${location.origin}/api/v1/executions/${page[1]}`
    const view = new URLSearchParams(location.search).get('view')
    const opening = ask(`${of}/opening`)
    if (view === 'timeline') ask(`${of}/timeline?scope=&limit=2000`)
    if (view === 'events') {
      // The end of the journal, as soon as it is known where that is: see src/api/journal/journal.ts.
      opening
        .then(answer => answer.clone().text())
        .then(text => {
          const end = Number(/"journal":(\d+)/.exec(text)?.[1])
          if (end) ask(`${of}/journal?after=${Math.max(0, end - 999)}&limit=1000`)
        })
        .catch(() => null) // the page says it
    }
  }
}
