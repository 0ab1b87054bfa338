package store

// pageSize is how many values a page holds.
const pageSize = 1 << 8

// pages is a list that grows by pages of pageSize values. Unlike a slice it never moves its values, so that growing leaves no garbage.
type pages[T any] struct {
	list [][]T
	len  int
}

// add appends a zero value and returns its index.
func (p *pages[T]) add() uint32 {
	if p.len == len(p.list)*pageSize {
		p.list = append(p.list, make([]T, pageSize))
	}
	p.len++
	return uint32(p.len - 1)
}

// at returns the value of an index, which is valid until close.
func (p *pages[T]) at(i uint32) *T { return &p.list[i/pageSize][i%pageSize] }

// cap returns how many values there is memory for.
func (p *pages[T]) cap() int { return len(p.list) * pageSize }

// close forgets everything.
func (p *pages[T]) close() { *p = pages[T]{} }
