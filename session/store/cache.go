package store

// CacheLine is how many bytes a processor fetches at a time.
const CacheLine = 64
