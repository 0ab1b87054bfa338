package store

import "database/sql"

// insert writes the records and the blocks that wait in one transaction.
func (s *Store) insert() (err error) {
	tx, err := s.part.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = tx.Rollback()
		}
	}()
	if err := s.insertRecords(tx); err != nil {
		return err
	}
	if err := s.insertBlocks(tx); err != nil {
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
	keys, err := tx.Prepare("INSERT INTO keys (key, number) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	number, key, body := s.written, 0, 0
	for i := range s.waiting {
		r := &s.waiting[i]
		number++
		if _, err = records.Exec(number, int(r.kind), r.start, s.bodies[body:body+r.body]); err != nil {
			return err
		}
		body += r.body
		for _, k := range s.keys[key : key+r.keys] {
			if _, err = keys.Exec(int64(k), number); err != nil {
				return err
			}
		}
		key += r.keys
	}
	return nil
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
	keys, err := tx.Prepare("INSERT INTO block_keys (key, block) VALUES (?, ?)")
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	number := s.block
	for i := range s.made {
		b := &s.made[i]
		number++
		if _, err = blocks.Exec(number, s.block+1, b.first, b.last, b.body); err != nil {
			return err
		}
		for _, k := range b.keys {
			if _, err = keys.Exec(int64(k), number); err != nil {
				return err
			}
		}
	}
	return nil
}
