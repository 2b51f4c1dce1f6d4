package gitindex

// UpdateTree carries changed folders into the tree cache. It must be called
// before Set and Remove. Folders are sorted by path.
func (x *Index) UpdateTree(changes []FolderChange) {
	if x.sparse {
		// The cache of a sparse index has nodes of its own kind.
		if x.tree != nil {
			for _, ch := range changes {
				x.tree.invalidate(ch.Path)
			}
		}
		return
	}
	occupied := func(dir string) bool {
		has, err := x.Under(dir)
		return has || err != nil
	}
	if x.tree == nil {
		if len(changes) == 0 || changes[0].Path != "" || changes[0].Old != (ID{}) || occupied("") {
			return
		}
		x.tree = &cacheTree{}
	}
	x.tree.update(changes, occupied)
}

// Matches reports that the tree cache knows the whole index to be a tree. The
// zero ID is an index without entries.
func (x *Index) Matches(tree ID) bool {
	if tree == (ID{}) {
		has, err := x.Under("")
		return err == nil && !has
	}
	return x.tree != nil && x.tree.count >= 0 && x.tree.id == tree
}

// ReplaceTree makes the tree cache anew, as Builder.SetTree does; without
// folders there is none.
func (x *Index) ReplaceTree(folders []FolderChange) {
	x.tree = nil
	if len(folders) > 0 {
		x.tree = &cacheTree{}
		x.tree.update(folders, func(string) bool { return false })
	}
}
