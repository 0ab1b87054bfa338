package store

import "database/sql"

// insert writes the records and the blocks that wait in one transaction.
func (s *Store) insert() error {
	return s.inTransaction(func(tx *sql.Tx) error {
		if err := s.insertRecords(tx); err != nil {
			return err
		}
		return s.insertBlocks(tx)
	})
}

// tidy makes what a part that is finished is searched by small.
func (s *Store) tidy() error {
	return s.inTransaction(func(tx *sql.Tx) error {
		if err := mergeSmall(tx, toRecords); err != nil {
			return err
		}
		return mergeSmall(tx, toBlocks)
	})
}

// inTransaction does something in one transaction of the part that is written, all of it or nothing.
func (s *Store) inTransaction(do func(*sql.Tx) error) error {
	tx, err := s.part.Begin()
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		// Such as without room on the disk: SQLite may leave the transaction open, which the package sql takes for ended.
		_, _ = s.part.Exec("ROLLBACK")
		return err
	}
	return nil
}

func (s *Store) insertRecords(tx *sql.Tx) error {
	if len(s.waiting) == 0 {
		return nil
	}
	records, err := tx.Prepare("INSERT INTO records (number, kind, start, body) VALUES (?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = records.Close() }()
	s.pairs = s.pairs[:0]
	number, key, body := s.written, 0, 0
	for i := range s.waiting {
		r := &s.waiting[i]
		number++
		if _, err = records.Exec(number, int(r.kind), r.start, s.bodies[body:body+r.body]); err != nil {
			return err
		}
		body += r.body
		for _, k := range s.keys[key : key+r.keys] {
			s.pairs = append(s.pairs, pair{int64(k), int64(number)})
		}
		key += r.keys
	}
	return addRun(tx, toRecords, s.pairs)
}

func (s *Store) insertBlocks(tx *sql.Tx) error {
	if len(s.made) == 0 {
		return nil
	}
	blocks, err := tx.Prepare("INSERT INTO blocks (number, batch, first, last, body) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = blocks.Close() }()
	s.pairs = s.pairs[:0]
	number := s.block
	for i := range s.made {
		b := &s.made[i]
		number++
		if _, err = blocks.Exec(number, s.block+1, b.first, b.last, b.body); err != nil {
			return err
		}
		for _, k := range b.keys {
			s.pairs = append(s.pairs, pair{int64(k), number})
		}
	}
	return addRun(tx, toBlocks, s.pairs)
}
