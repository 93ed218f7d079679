import './theme/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connection } from './api/connection'
import { App } from './App'
import { router } from './routes/router'

connection.begin()

// A part of the page could not be loaded: the server is away, or has another build by now. Without
// this the router would load the page anew at once, and nothing would be left of it.
window.addEventListener('vite:preloadError', event => {
  event.preventDefault()
  connection.lost()
})

// What the page needs is on its way while the frame around it is drawn.
void router.load()

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
