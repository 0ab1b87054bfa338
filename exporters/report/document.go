package report

// Document is a report before it has a form. All its texts are harmless: one line each, without control characters.
type Document struct {
	Title    string
	Subtitle string // when, and how long reading took; may be empty
	Sections []*Section
}

// Section is one subject of a report.
type Section struct {
	Title, Remark string
	Blocks        []Block
}

// Block is a paragraph or tables that belong beside each other.
type Block struct {
	Text   Text     // if there are no tables
	Tables []*Table // at most one of several rows that fold or have notes
	Apart  bool     // with room above it
}

// Text is a paragraph, or what stands below a row of a table.
type Text struct {
	Text  string
	Style Style
	Break string // between the parts at which a line may break; "" keeps it in one
}

// section begins a new section with its title and a remark beside it.
func (d *Document) section(name, remark string) {
	d.Sections = append(d.Sections, &Section{Title: name, Remark: remark})
}

// add adds a block to the last section.
func (d *Document) add(b Block) {
	s := d.Sections[len(d.Sections)-1]
	s.Blocks = append(s.Blocks, b)
}

// lines adds paragraphs.
func (d *Document) lines(lines ...string) {
	for _, line := range lines {
		d.add(Block{Text: Text{Text: line}})
	}
}

// space leaves room.
func (d *Document) space() { d.lines("") }

// table adds a table, if it has rows.
func (d *Document) table(t *Table) {
	if len(t.Rows) > 0 {
		d.add(Block{Tables: []*Table{t}})
	}
}

// facts adds a table with room above it, if it has rows.
func (d *Document) facts(t *Table) {
	if len(t.Rows) > 0 {
		d.add(Block{Tables: []*Table{t}, Apart: true})
	}
}
